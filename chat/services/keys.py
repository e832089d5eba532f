"""Putting every data key under the newest key-encryption key."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chat.models import Conversation
from connect.models import DataExport
from connect.services import picture_files
from safety.crypto import key_ring, unwrap, wrap
from safety.models import Appeal, Report
from safety.roles import as_service

BATCH = 500
Holder = tuple[type[Any], str]
HOLDERS: tuple[Holder, ...] = (
    (Conversation, "data_key"),
    (Report, "evidence_key"),
    (Appeal, "text_key"),
    (DataExport, "file_key"),
)


def rotate() -> int:
    """Rewrap what an older key wraps, in short transactions beside running traffic; how many keys were rewrapped.

    What was sealed stays as it is: only the wrapping changes, so that a reader at any moment finds a key that opens.
    """
    pictures: list[Holder] = [(kind.model, "file_key") for kind in picture_files.kinds()]
    return sum(_rotate(model, field) for model, field in (*HOLDERS, *pictures))


def _rotate(model: type[Any], field: str) -> int:
    done = 0
    while changed := _rewrap_batch(_outdated(model, field), field):
        done += changed
    return done


def _outdated(model: type[Any], field: str) -> QuerySet[Any]:
    """Rows whose key does not begin with the newest key's id."""
    prefix = next(iter(key_ring())).encode() + b"\0"
    current = {f"{field}__gte": prefix, f"{field}__lt": prefix[:-1] + b"\1"}
    rows: QuerySet[Any] = model._default_manager.filter(**{f"{field}__isnull": False})
    return rows.exclude(**current).order_by("id")


@transaction.atomic
def _rewrap_batch(rows: QuerySet[Any], field: str) -> int:
    with as_service():
        batch = list(rows.select_for_update()[:BATCH].only(field))
        for row in batch:
            setattr(row, field, wrap(unwrap(bytes(getattr(row, field)))))
        rows.model._default_manager.bulk_update(batch, [field])
    return len(batch)
