"""Handing what people were told to their devices."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from connect import push
from connect.enums import NotificationType
from connect.models import Notification, PushDelivery, PushDevice
from connect.push import Message, Outcome
from connect.queries import languages
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 50
CLAIM = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
MAX_WAIT = timedelta(hours=1)
# The browser took its subscription back, or somebody else's keys stand behind it.
GONE = {404, 410}
# It will be no better the next time.
REFUSED = {400, 413}


def spread(*, now: datetime) -> int:
    """Make a delivery for every device of whoever has news that is young enough; how much news there was."""
    with transaction.atomic(), as_service():
        waiting = Notification.objects.to_push().order_by("created_at").select_for_update(skip_locked=True)
        news = list(waiting.only("id", "user_id", "created_at", "read_at")[:BATCH])
        fresh = [note for note in news if note.read_at is None and now - note.created_at <= settings.PUSH_LIFETIME]
        PushDelivery.objects.bulk_create(_deliveries(fresh, now), ignore_conflicts=True)
        Notification.objects.filter(id__in=[note.id for note in news]).update(to_push=False)
    return len(news)


def send_due(*, now: datetime) -> int:
    """Send what is due, each once; how many deliveries were looked at.

    Claimed and committed first, so that no lock is held while a push service talks.
    """
    claimed = _claim(now)
    if not claimed:
        return 0
    messages = _messages(claimed, now)
    sendable = [row for row in claimed if row.id in messages]
    outcomes = asyncio.run(push.send_all([messages[row.id] for row in sendable], now=now))
    _settle(claimed, dict(zip([row.id for row in sendable], outcomes, strict=True)), now)
    return len(claimed)


def _deliveries(news: Sequence[Notification], now: datetime) -> list[PushDelivery]:
    devices: dict[UUID, list[UUID]] = {}
    owned = PushDevice.objects.filter(user__in={note.user_id for note in news})
    for user_id, device_id in owned.values_list("user_id", "id"):
        devices.setdefault(user_id, []).append(device_id)
    return [
        PushDelivery(user_id=note.user_id, device_id=device_id, notification_id=note.id, due_at=now)
        for note in news
        for device_id in devices.get(note.user_id, [])
    ]


def _claim(now: datetime) -> list[PushDelivery]:
    with transaction.atomic(), as_service():
        due = PushDelivery.objects.due(now).order_by("due_at").select_for_update(skip_locked=True)
        ids = list(due.values_list("id", flat=True)[:BATCH])
        rows = PushDelivery.objects.filter(id__in=ids)
        rows.update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
        return list(rows.select_related("device"))


def _messages(claimed: Sequence[PushDelivery], now: datetime) -> dict[UUID, Message]:
    """By delivery; none for what is too old, was read or taken away, and for a device whose session ended."""
    with transaction.atomic(), as_service():
        told = Notification.objects.unread().filter(created_at__gt=now - settings.PUSH_LIFETIME)
        kinds = dict(told.filter(id__in=[row.notification_id for row in claimed]).values_list("id", "type"))
        mine = PushDelivery.objects.wanted(now).filter(id__in=[row.id for row in claimed])
        wanted = set(mine.values_list("id", flat=True))
        reads = languages({row.user_id for row in claimed})
    return {
        row.id: _message(row, NotificationType(kinds[row.notification_id]), reads[row.user_id])
        for row in claimed
        if row.notification_id in kinds and row.id in wanted
    }


def _message(row: PushDelivery, kind: NotificationType, language: str) -> Message:
    """Never the title or text that stands in the person's list: a locked screen is read by anybody."""
    told = {"id": str(row.notification_id), "text": push.text_of(kind, language)}
    return Message(
        endpoint=row.device.endpoint,
        p256dh=row.device.p256dh,
        auth=row.device.auth,
        body=orjson.dumps(told),
        topic=row.notification_id.hex,
        lasts=int(settings.PUSH_LIFETIME.total_seconds()),
    )


def _settle(claimed: Sequence[PushDelivery], outcomes: dict[UUID, Outcome], now: datetime) -> None:
    """What was not sent at all goes, as what arrived does."""
    with transaction.atomic(), as_service():
        for row in claimed:
            outcome = outcomes.get(row.id)
            if outcome is None or 200 <= outcome.status < 300:
                row.delete()
            else:
                _look_at(row, outcome, now)


def _look_at(row: PushDelivery, outcome: Outcome, now: datetime) -> None:
    failed = {"id": str(row.id), "status": outcome.status, "error": outcome.fault}
    logger.warning("push_failed", attempts=row.attempts, **failed)
    if outcome.status in GONE:
        PushDevice.objects.filter(id=row.device_id, endpoint=row.device.endpoint, p256dh=row.device.p256dh).delete()
    elif outcome.status in REFUSED or now - row.created_at > settings.PUSH_LIFETIME:
        row.delete()
    else:
        wait = max(min(MAX_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 10)), timedelta(seconds=outcome.wait))
        PushDelivery.objects.filter(id=row.id).update(due_at=now + wait, claimed_until=None)
