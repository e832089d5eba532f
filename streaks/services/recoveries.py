"""Making up for the day that broke a streak."""

from datetime import datetime
from uuid import UUID

from config.errors import WrongState
from safety.roles import as_service
from streaks.engine import states
from streaks.enums import StreakStatus
from streaks.models import Streak
from streaks.services import locks, moves


def recover(*, streak_id: UUID, by: UUID, now: datetime) -> Streak:
    """The breaker saves the streak by the end of the next day: its count is kept, and that day's check-ins count.

    Only what becomes of the streak; what it costs is settled before. Raises NotYours, WrongState (streak_ended,
    streak_completed, nothing_to_recover, not_the_breaker).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        moves.catch_up(streak, now)
        refuse_unless_recoverable(streak, by)
        moves.write(streak, states.recover(moves.state_of(streak), now), now)
    return streak


def refuse_unless_recoverable(streak: Streak, by: UUID) -> None:
    """Raises WrongState (nothing_to_recover, not_the_breaker). The clock has to have moved the streak up to now."""
    if streak.status != StreakStatus.PAYMENT_WINDOW:
        raise WrongState("There is nothing to recover now.", code="nothing_to_recover")
    if streak.breaker_id != by:
        raise WrongState("Only who missed the day can recover it.", code="not_the_breaker")
