"""The beginning of a streak, and its end by a person."""

from datetime import datetime

from connect.models import User
from matching.models import Connection
from matching.services import interests
from safety.roles import as_service
from streaks.engine import states
from streaks.enums import StreakStatus
from streaks.models import Streak


def begin(*, connection: Connection, now: datetime) -> Streak:
    """The streak of a new connection: its first day begins at the next midnight of its clock, which stays the same."""
    with as_service():
        first = states.start(_timezone(connection), now)
        return Streak.objects.create(
            connection=connection,
            user_low_id=connection.user_low_id,
            user_high_id=connection.user_high_id,
            timezone=first.timezone,
            started_on=first.started_on,
            day=first.day,
            due_at=first.due_at,
        )


def terminate(*, connection: Connection, now: datetime) -> None:
    """End the streak of a connection, if it has an open one, and tell nobody. Two who are locked already."""
    with as_service():
        streak = Streak.objects.open().select_for_update(no_key=True).filter(connection=connection).first()
        if streak is None:
            return
        streak.status, streak.ended_at = StreakStatus.TERMINATED, now
        streak.notice_due_at, streak.due_at, streak.breaker = None, None, None
        streak.save(update_fields=["status", "ended_at", "notice_due_at", "due_at", "breaker"])


def _timezone(connection: Connection) -> str:
    """It goes by the clock of whoever was interested first."""
    return User.objects.values_list("timezone", flat=True).get(id=interests.earlier_sender(connection))
