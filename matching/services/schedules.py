"""What two connected people write into the timeline of their connection themselves."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from config.errors import Invalid, WrongState
from connect.enums import UserStatus
from matching.enums import ConnectionEventType, ConnectionStatus
from matching.models import Connection, ConnectionEvent
from matching.services import announcements, connections
from safety.models import apart
from safety.roles import as_service

BATCH = 500
_BOTH_THERE = {"connection__user_low__status": UserStatus.ACTIVE, "connection__user_high__status": UserStatus.ACTIVE}


def schedule_chat(*, connection_id: UUID, by: UUID, at: datetime, now: datetime) -> ConnectionEvent:
    """Note to the second when the two mean to talk, and tell the other; the same moment twice is once.

    One at a time: the next is for when it is over. Raises NotYours, Invalid (schedule_out_of_range), WrongState
    (connection_ended, connection_archived, connection_not_revealed, already_scheduled with the moment that stands).
    """
    at = at.replace(microsecond=0)
    if not now < at <= now + settings.SCHEDULE_AHEAD:
        days = settings.SCHEDULE_AHEAD.days
        raise Invalid(f"Choose a moment within {days} days.", code="schedule_out_of_range", days=days)
    with as_service():
        connection = connections.locked(connection_id, by)
        _refuse_unless_they_talk(connection)
        standing = _standing(connection, now)
        if standing and _at(standing) != at:
            message = "You already have a time to talk."
            raise WrongState(message, code="already_scheduled", scheduled_for=standing.payload["at"])
        if standing:
            return standing
        announcements.announce_scheduled(connection, to=connection.other(by))
        return ConnectionEvent.objects.create(
            connection=connection,
            event_type=ConnectionEventType.SCHEDULED_CHAT,
            payload={"at": at.isoformat()},
            due_at=max(now, at - settings.SCHEDULE_REMINDER),
        )


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


def _refuse_unless_they_talk(connection: Connection) -> None:
    if connection.status == ConnectionStatus.ARCHIVED:
        raise WrongState("This connection is put away.", code="connection_archived")
    if not connection.events.filter(event_type=ConnectionEventType.REVEALED).exists():
        raise WrongState("You do not know each other yet.", code="connection_not_revealed")


def _standing(connection: Connection, now: datetime) -> ConnectionEvent | None:
    """What the two have scheduled and is still to come."""
    scheduled = connection.events.filter(event_type=ConnectionEventType.SCHEDULED_CHAT)
    newest = scheduled.order_by("-id").first()
    return newest if newest and _at(newest) > now else None


def _wanted(ids: list[UUID]) -> QuerySet[ConnectionEvent]:
    running = ConnectionEvent.objects.filter(id__in=ids, connection__status=ConnectionStatus.ACTIVE, **_BOTH_THERE)
    return running.exclude(apart("connection__user_low", "connection__user_high")).select_related("connection")


def _at(event: ConnectionEvent) -> datetime:
    return datetime.fromisoformat(event.payload["at"])
