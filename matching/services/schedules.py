"""What two connected people write into the timeline of their connection themselves."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from config.errors import Invalid, WrongState
from connect.enums import UserStatus
from matching.enums import ConnectionEventType, ConnectionStatus
from matching.models import ConnectionEvent
from matching.services import announcements, connections
from safety.models import apart
from safety.roles import as_service

BATCH = 500
_BOTH_THERE = {"connection__user_low__status": UserStatus.ACTIVE, "connection__user_high__status": UserStatus.ACTIVE}


def schedule_chat(*, connection_id: UUID, by: UUID, at: datetime, now: datetime) -> ConnectionEvent:
    """Note when the two mean to talk, and tell the other; the same moment twice is once.

    Raises NotYours, Invalid (schedule_out_of_range), WrongState (connection_ended, connection_not_revealed).
    """
    if not now < at <= now + settings.SCHEDULE_AHEAD:
        days = settings.SCHEDULE_AHEAD.days
        raise Invalid(f"Choose a moment within {days} days.", code="schedule_out_of_range", days=days)
    with as_service():
        connection = connections.locked(connection_id, by)
        events = ConnectionEvent.objects.filter(connection=connection)
        if not events.filter(event_type=ConnectionEventType.REVEALED).exists():
            raise WrongState("You do not know each other yet.", code="connection_not_revealed")
        moment = {"event_type": ConnectionEventType.SCHEDULED_CHAT, "payload": {"at": at.isoformat()}}
        fresh = {"connection": connection, "due_at": max(now, at - settings.SCHEDULE_REMINDER)}
        event, made = events.get_or_create(**moment, defaults=fresh)
        if made:
            announcements.announce_scheduled(connection, to=connection.other(by))
    return event


def remind_due(*, now: datetime, limit: int = BATCH) -> int:
    """Remind both people of a batch of talks that are near; how many were looked at.

    Of one that is over, or of a connection that is put away or of which somebody is leaving, nobody is told.
    """
    with transaction.atomic(), as_service():
        due = ConnectionEvent.objects.filter(due_at__lte=now).order_by("due_at", "id")
        held = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
        ids = list(held.values_list("id", flat=True)[:limit])
        coming = [event.connection for event in _wanted(ids) if _at(event) > now]
        announcements.announce_soon(coming)
        ConnectionEvent.objects.filter(id__in=ids).update(due_at=None)
    return len(ids)


def _wanted(ids: list[UUID]) -> QuerySet[ConnectionEvent]:
    running = ConnectionEvent.objects.filter(id__in=ids, connection__status=ConnectionStatus.ACTIVE, **_BOTH_THERE)
    return running.exclude(apart("connection__user_low", "connection__user_high")).select_related("connection")


def _at(event: ConnectionEvent) -> datetime:
    return datetime.fromisoformat(event.payload["at"])
