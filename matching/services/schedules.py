"""What two connected people write into the timeline of their connection themselves."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import Invalid, WrongState
from matching.enums import ConnectionEventType
from matching.models import ConnectionEvent
from matching.services import connections
from safety.roles import as_service


def schedule_chat(*, connection_id: UUID, by: UUID, at: datetime, now: datetime) -> ConnectionEvent:
    """Note when the two mean to talk; the same moment twice is once.

    Raises NotYours, Invalid (schedule_out_of_range), WrongState (connection_ended, connection_not_revealed).
    """
    if not now < at <= now + settings.SCHEDULE_AHEAD:
        days = settings.SCHEDULE_AHEAD.days
        raise Invalid(f"Choose a moment within {days} days.", code="schedule_out_of_range", days=days)
    with as_service():
        events = ConnectionEvent.objects.filter(connection=connections.locked(connection_id, by))
        if not events.filter(event_type=ConnectionEventType.REVEALED).exists():
            raise WrongState("You do not know each other yet.", code="connection_not_revealed")
        moment = {"event_type": ConnectionEventType.SCHEDULED_CHAT, "payload": {"at": at.isoformat()}}
        event, _ = events.get_or_create(**moment, defaults={"connection_id": connection_id})
    return event
