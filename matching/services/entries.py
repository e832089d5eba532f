"""Pool entries: due when what they are made of changes, emptied with it; `building` fills them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from config import hints
from connect.models import ConnectProfile
from matching.models import PoolEntry
from safety.roles import as_service

TASK = "matching.tasks.follow_pool"
BATCH = 500
REST_AFTER_END = timedelta(seconds=30)


def mark_due(*, user_ids: Iterable[UUID], now: datetime) -> None:
    """Have people's entries built anew, and the people looked at by the engine; one small write, and a hint."""
    rows = [PoolEntry(user_id=user_id, due_at=now) for user_id in sorted(user_ids)]
    with as_service():
        PoolEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user"], update_fields=["due_at"])
    hints.after_commit(TASK)


def mark_free(*, user_ids: Iterable[UUID], now: datetime) -> None:
    """Have people looked at again who have room again, a moment later: declining one proposal after the other does
    not bring the next at once.
    """
    with as_service():
        PoolEntry.objects.filter(user__in=list(user_ids)).update(consider_at=now + REST_AFTER_END)
    wait = REST_AFTER_END.total_seconds()
    hints.after_commit(TASK, wait=wait)


def empty(*, user_id: UUID, now: datetime) -> int:
    """Delete a person's vectors at once, and have what may still be made of them built; whether there were any."""
    with as_service():
        # Waits for whoever builds them just now: a condition alone would overlook vectors that are the first.
        standing = PoolEntry.objects.filter(user=user_id)
        list(standing.select_for_update().values_list("id"))
        return standing.filter(query__isnull=False).update(query=None, key=None, leanings=None, present=0, due_at=now)


def remove(*, user_id: UUID) -> None:
    """Delete all that an entry keeps of a person who does not want to be matched any more."""
    with as_service():
        PoolEntry.objects.filter(user=user_id).delete()


def are_wanting() -> bool:
    """Whether somebody in the pool has no entry, or an outdated one. Needs the service role."""
    return _without_entry().exists() or _outdated().exists()


def adopt(*, now: datetime) -> None:
    """Have everybody's entry built that is missing or outdated: nobody is left out because a change was not told."""
    with transaction.atomic(), as_service():
        rows = [PoolEntry(user_id=user_id, due_at=now) for user_id in _without_entry().iterator()]
        PoolEntry.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        _outdated().update(due_at=now)


def considered(some: Q, *, at: datetime) -> None:
    """Say that the engine looked at these entries' people as they were `at` a moment. Needs the service role."""
    waiting = Q(consider_at__lte=at) | Q(consider_at=None, considered_at=None)
    PoolEntry.objects.filter(some, waiting, due_at=None).update(consider_at=None, considered_at=at, claimed_until=None)


def _without_entry() -> QuerySet[ConnectProfile, UUID]:
    missing = ConnectProfile.objects.active().filter(user__pool_entry=None, user__profile__birth_date__isnull=False)
    return missing.values_list("user_id", flat=True)


def _outdated() -> QuerySet[PoolEntry]:
    return PoolEntry.objects.outdated().filter(user__connect_profile__is_active=True)
