"""The queue for live conversations: joining, leaving, going back, and whoever is not there any more.

Whoever changes somebody's entry holds that person's row first; what goes over many takes only the rows that nobody
holds, in the order of their ids, and leaves the others to its next time. So nothing here ever waits in a circle.
"""

import math
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import h3
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from config import bulk, hints
from config.errors import WrongState
from connect.models import Profile
from connect.realtime import publish, publish_each
from matching.enums import QueueReason, QueueStatus
from matching.models import QueueEntry
from matching.services import queue_gate, waits
from safety.roles import as_service
from safety.services import audit, trust

PAIRING = "matching.tasks.pair_queue"
BATCH = 500
SECOND = timedelta(seconds=1)
REGION_RESOLUTION = 1
"""Of H3: cells of six hundred thousand square kilometres."""


def join(*, by: UUID, now: datetime) -> QueueEntry:
    """Wait for somebody to talk to; who waits already has the entry they have.

    Raises WrongState: queue_locked with all that is `unmet`; in_session with its `session_id`; queue_cooldown with
    the moment it is over, `until`, for who has left again and again.
    """
    with as_service():
        _hold(by)
        standing = QueueEntry.objects.active().of(by).first()
        if standing is not None:
            _note_seen([by], now)
            return standing
        queue_gate.check(by, now)
        _refuse_while_cooling_down(by, now)
        return _enter(by, waiting_since=now, reason="", now=now)


def leave(*, by: UUID, now: datetime) -> QueueEntry | None:
    """Wait no longer; the entry that ended so. Who does not wait leaves nothing, and is refused nothing."""
    with as_service():
        _hold(by)
        standing = QueueEntry.objects.active().of(by).first()
        if standing is not None:
            _end([standing], QueueStatus.CANCELLED, QueueReason.LEFT, now)
            _note_rapid_leaving(standing, now)
        return standing


def note_broken(*, match_id: UUID, by: UUID, reason: QueueReason, now: datetime) -> None:
    """Somebody, whose row is held, left or missed their pairing before it had begun: it counts as leaving the queue."""
    with as_service():
        entry = QueueEntry.objects.of(by).filter(match=match_id).first()
        if entry is not None:
            entry.queue_reason = reason
            entry.save(update_fields=["queue_reason"])
            _note_rapid_leaving(entry, now)


def requeue(*, user_id: UUID, waiting_since: datetime, now: datetime) -> QueueEntry | None:
    """Put the survivor of a pairing that broke back where their turn was; None for who may not wait, or does so."""
    with as_service():
        _hold(user_id)
        waits = QueueEntry.objects.active().of(user_id).exists()
        if waits or not queue_gate.may_wait(user_id, now):
            return None
        return _enter(user_id, waiting_since=min(waiting_since, now), reason=QueueReason.REQUEUED, now=now)


def drop(*, user_id: UUID, now: datetime) -> int:
    """Take somebody out who may not wait any more; whether they did."""
    with as_service():
        _hold(user_id)
        standing = list(QueueEntry.objects.active().of(user_id))
        if not standing or queue_gate.may_wait(user_id, now):
            return 0
        _end(standing, QueueStatus.CANCELLED, QueueReason.BARRED, now)
        return len(standing)


def see(*, by: UUID, now: datetime) -> None:
    """Somebody who waits asked how it goes, so they are there."""
    with as_service():
        _note_seen([by], now)


def waiting(*, now: datetime) -> list[UUID]:
    """Who waits."""
    with transaction.atomic(), as_service():
        return list(QueueEntry.objects.active().values_list("user_id", flat=True))


def settle_present(*, present: Collection[UUID], now: datetime) -> int:
    """Note who of the waiting is there, and take out who was not seen for too long; how many that were."""
    with transaction.atomic(), as_service():
        _note_seen(present, now)
        gone = Q(seen_at__lte=now - settings.QUEUE_ABSENCE)
        return _end_many(gone, QueueStatus.CANCELLED, QueueReason.ABSENT, now)


def expire_overdue(*, now: datetime) -> int:
    """End waits that lasted as long as any may; how many."""
    with transaction.atomic(), as_service():
        over = Q(enqueued_at__lte=now - settings.QUEUE_LONGEST_WAIT)
        return _end_many(over, QueueStatus.EXPIRED, "", now)


def cooldown(user_id: UUID, now: datetime) -> datetime | None:
    """Until when somebody may not join, having left waits or pairings too often in a short time; None who may.

    Needs the service role.
    """
    left = QueueEntry.objects.of(user_id).walked_away(now - settings.QUEUE_CHURN_WINDOW - settings.QUEUE_COOLDOWN)
    moments: list[Any] = list(
        left.order_by("-dequeued_at").values_list("dequeued_at", flat=True)[: settings.QUEUE_CHURN]
    )
    if len(moments) < settings.QUEUE_CHURN or moments[0] - moments[-1] > settings.QUEUE_CHURN_WINDOW:
        return None
    until: datetime = moments[0] + settings.QUEUE_COOLDOWN
    return until if until > now else None


def told(entry: QueueEntry, expected: timedelta | None = None) -> dict[str, Any]:
    """What the frame `queue.status` says of an entry to its person; `expected` is the wait, of one that begins."""
    return {
        "status": entry.status,
        "reason": entry.queue_reason or None,
        "waiting_since": entry.waiting_since.isoformat(),
        "session_id": str(entry.match_id) if entry.match_id else None,
        "expected_wait_seconds": expected and expected // SECOND,
    }


def ended_at(entry: QueueEntry, now: datetime) -> datetime:
    """When a wait is over that ends now: whoever ends it may have looked at the clock before its person joined."""
    return max(now, entry.enqueued_at)


def tell(entries: Iterable[QueueEntry]) -> None:
    """Tell each person how their wait ended."""
    publish_each([(entry.user_id, "queue.status", told(entry)) for entry in entries])


def _hold(user_id: UUID) -> None:
    list(get_user_model()._default_manager.filter(id=user_id).select_for_update(no_key=True).values_list("id"))


def _refuse_while_cooling_down(user_id: UUID, now: datetime) -> None:
    until = cooldown(user_id, now)
    if until is not None:
        wait = math.ceil((until - now).total_seconds())
        message = "You have left the queue again and again. Wait a moment."
        raise WrongState(message, code="queue_cooldown", until=until.isoformat(), retry_after=wait)


def _note_rapid_leaving(entry: QueueEntry, now: datetime) -> None:
    """The leaving that brings a cooldown about is on record, and costs a little trust."""
    until = cooldown(entry.user_id, now)
    if until is not None:
        table = QueueEntry._meta.db_table
        audit.record(action="queue_cooldown", actor=None, entity=table, entity_id=entry.id, until=until.isoformat())
        trust.penalize_cooldown(user_id=entry.user_id, source_ref_id=entry.id, now=now)


def _enter(user_id: UUID, *, waiting_since: datetime, reason: str, now: datetime) -> QueueEntry:
    entry = QueueEntry.objects.create(
        user_id=user_id,
        enqueued_at=now,
        waiting_since=waiting_since,
        region_key=_region(user_id),
        queue_reason=reason,
        seen_at=now,
    )
    publish([user_id], "queue.status", told(entry, waits.expected(entry.region_key, now)))
    hints.after_commit(PAIRING)
    return entry


def _region(user_id: UUID) -> str:
    """The large cell that somebody's own lies in."""
    cell = Profile.objects.filter(user=user_id).values_list("cell", flat=True).first() or ""
    return str(h3.cell_to_parent(cell, REGION_RESOLUTION)) if h3.is_valid_cell(cell) else ""


def _note_seen(user_ids: Collection[UUID], now: datetime) -> None:
    there = QueueEntry.objects.active().filter(user__in=bulk.any_of(user_ids))
    stale = now - settings.QUEUE_SEEN_AGAIN
    held = there.filter(seen_at__lte=stale).order_by("id").select_for_update(skip_locked=True, of=("self",))
    QueueEntry.objects.filter(id__in=list(held.values_list("id", flat=True))).update(seen_at=now)


def _end_many(which: Q, status: QueueStatus, reason: str, now: datetime) -> int:
    """End a batch of waits whose people nobody holds right now."""
    users = get_user_model()._default_manager
    concerned = QueueEntry.objects.active().filter(which).values("user")
    held = users.filter(id__in=concerned).order_by("id").select_for_update(skip_locked=True, no_key=True)
    ids = list(held.values_list("id", flat=True)[:BATCH])
    entries = list(QueueEntry.objects.active().filter(which, user__in=ids))
    _end(entries, status, reason, now)
    return len(entries)


def _end(entries: list[QueueEntry], status: QueueStatus, reason: str, now: datetime) -> None:
    changes = {"status": status} | ({"queue_reason": reason} if reason else {})
    over = Greatest("enqueued_at", Value(now))
    QueueEntry.objects.filter(id__in=[entry.id for entry in entries]).update(dequeued_at=over, **changes)
    for entry in entries:
        vars(entry).update(changes, dequeued_at=ended_at(entry, now))
    tell(entries)
