"""Erasing accounts whose week is up.

First what still runs with others is ended, in steps of their own that are nothing when they are done again; then
everything goes in one transaction. So whenever it is killed, the next look goes on, and ends at the same.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from connect.enums import Tier, UserStatus
from connect.models import AccountDeletion, User
from safety import personal_data
from safety.personal_data import Leaving
from safety.roles import as_service
from safety.services import returns

logger = structlog.get_logger(__name__)

BATCH = 100
CLAIM = timedelta(minutes=10)
LOOK_AGAIN = timedelta(hours=6)
"""How often it is asked whether the case that needs somebody is closed."""

EMPTY = {
    "email": None,
    "phone": None,
    "password": "!",
    "tier": Tier.FREE,
    "timezone": "UTC",
    "last_seen_at": None,
    "suspended_until": None,
    "last_login": None,
    "last_global_refresh_at": None,
    "active_connection_count": 0,
    "is_staff": False,
    "is_superuser": False,
}


def erase_due(*, now: datetime) -> int:
    """Erase whom it is time for; how many were seen to. What fails is logged and tried again when its claim ends."""
    claimed = _claim(now)
    for deletion_id, user_id in claimed:
        try:
            erase(user_id=user_id, now=now)
        except Exception:
            logger.exception("erasure_failed", deletion_id=str(deletion_id))
    return len(claimed)


def erase(*, user_id: UUID, now: datetime) -> None:
    """Erase a claimed account, all but what an open case needs; that follows when the case is closed."""
    personal_data.end_everything(user_id, now)
    with transaction.atomic(), as_service():
        deletion = AccountDeletion.objects.select_for_update().filter(user=user_id).first()
        if deletion is None:  # somebody else was here
            return
        user = User.objects.select_for_update().get(id=user_id)
        leaving = Leaving(user_id, tuple(filter(None, (user.email, user.phone))), uuid4(), now)
        returns.keep(user_id=user_id, now=now)
        personal_data.erase(leaving, last=False)
        _empty(user)
        if personal_data.is_needed(user_id):
            _look_again(deletion, now)
        else:
            _finish(leaving, now)


def _claim(now: datetime) -> list[tuple[UUID, UUID]]:
    with transaction.atomic(), as_service():
        due = AccountDeletion.objects.due(now).order_by("due_at").select_for_update(skip_locked=True)
        claimed = list(due.values_list("id", "user_id")[:BATCH])
        AccountDeletion.objects.filter(id__in=[row_id for row_id, _ in claimed]).update(claimed_until=now + CLAIM)
    return claimed


def _empty(user: User) -> None:
    User.objects.filter(id=user.id).exclude(status=UserStatus.DELETED).update(status=UserStatus.DELETED, **EMPTY)


def _look_again(deletion: AccountDeletion, now: datetime) -> None:
    deletion.due_at, deletion.claimed_until = now + LOOK_AGAIN, None
    deletion.save(update_fields=["due_at", "claimed_until"])


def _finish(leaving: Leaving, now: datetime) -> None:
    """The row itself becomes the tombstone where others' rows refer to one, and otherwise goes.

    Its new id stands in those rows already; the foreign keys are looked at when the transaction ends.
    """
    kept = personal_data.erase(leaving, last=True)
    AccountDeletion.objects.filter(user=leaving.person).delete()
    row = User.objects.filter(id=leaving.person)
    if kept:
        row.update(id=leaving.tombstone, created_at=now, updated_at=now)
    else:
        row._raw_delete(row.db)
