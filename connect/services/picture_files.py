"""Pictures whose file is gone, and files that no picture has: both are looked for by the clock, kind by kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from config.errors import NotYours
from connect.models import StoredPicture
from connect.private_files import listed, storage
from safety import personal_data
from safety.roles import as_service
from safety.services import audit

logger = structlog.get_logger(__name__)

Lose = Callable[[Any, datetime], None]
"""Deletes a row whose file is gone, with what hangs on it, as the service; raises NotYours where it is gone already."""


@dataclass(frozen=True)
class Kind:
    """One table of pictures: what to do with a row that lost its file, and what leads from a row to whom it is of.

    Nothing leads to anybody where the rows of a person may stay without them; the sweep sees to those files.
    """

    model: type[StoredPicture]
    lose: Lose
    belongs: tuple[str, ...] = ("user",)

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.all()


_kinds: list[Kind] = []


def register(*kinds: Kind) -> None:
    """Called from `apps.ready()` of the app that owns the tables."""
    _kinds.extend(kinds)


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds)


def sweep_all(*, now: datetime) -> None:
    for kind in _kinds:
        sweep(kind, now=now)


def sweep(kind: Kind, *, now: datetime) -> tuple[int, int]:
    """Delete files without a row and rows without a file, an hour old at least; how many of each.

    Many files that are gone at once, or all of a kind, mean a storage that is not there: then no row is touched. Many
    files without a row, and more than there are rows, mean a database that is not theirs: then no file is.
    """
    found, known = 0, 0
    orphans: list[str] = []
    lost: list[Any] = []
    for folder in _folders(kind):
        files = listed(folder)
        rows = _rows(kind, folder)
        found, known = found + len(files), known + len(rows)
        orphans += files - set(rows)
        lost += [row for file, row in rows.items() if file not in files]
    return _delete_orphans(kind, orphans, known, now), _delete_lost(kind, lost, now) if found else 0


def forget(user_id: UUID, now: datetime) -> None:
    """Delete the files of somebody who leaves; their rows go with everything else."""
    for kind in (kind for kind in _kinds if kind.belongs):
        with transaction.atomic(), as_service():
            rows = personal_data.of(kind.model, kind.belongs, user_id).exclude(file=None)
            files = list(rows.values_list("file", flat=True))
        for file in files:
            storage().delete(file)


def _folders(kind: Kind) -> Iterator[str]:
    return (f"{kind.model.folder}/{number:02x}" for number in range(256))


def _rows(kind: Kind, folder: str) -> dict[str, Any]:
    """Looked up after the files were listed: one that comes into being meanwhile is young, and left alone."""
    with transaction.atomic(), as_service():
        rows = kind.rows.filter(file__startswith=f"{folder}/").only("id", "file", "created_at")
        return {row.file: row for row in rows}


def _delete_orphans(kind: Kind, files: list[str], known: int, now: datetime) -> int:
    if len(files) > max(known, settings.PICTURE_FILES_LOST_AT_ONCE):
        logger.error("picture_rows_missing", kind=kind.model._meta.label_lower, files=len(files), rows=known)
        return 0
    old = [file for file in files if _is_old(file, now)]
    for file in old:
        storage().delete(file)
    return len(old)


def _is_old(file: str, now: datetime) -> bool:
    """Not if it is gone: who keeps pictures and who sweeps may delete it as well."""
    try:
        return storage().get_modified_time(file) < now - settings.PICTURE_FILE_GRACE
    except FileNotFoundError:
        return False


def _delete_lost(kind: Kind, lost: list[Any], now: datetime) -> int:
    """Looked for once more: the file of an old row may be younger than the list."""
    due = [row for row in lost if row.created_at < now - settings.PICTURE_FILE_GRACE]
    old = [row for row in due if not storage().exists(row.file)]
    if len(old) > settings.PICTURE_FILES_LOST_AT_ONCE:
        logger.error("picture_files_missing", kind=kind.model._meta.label_lower, pictures=len(old))
        return 0
    return sum(_delete_row(kind, row, now) for row in old)


def _delete_row(kind: Kind, row: Any, now: datetime) -> bool:
    """Whether it was still there; its person may have been quicker."""
    table = kind.model._meta
    try:
        with transaction.atomic(), as_service():
            kind.lose(row, now)
            audit.record(action=f"{table.model_name}_lost", actor=None, entity=table.db_table, entity_id=row.id)
    except NotYours:
        return False
    return True
