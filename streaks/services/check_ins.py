"""Checking in."""

from datetime import date, datetime
from uuid import UUID, uuid5

from config.errors import WrongState
from safety.roles import as_service
from streaks.engine import days, states
from streaks.enums import EffortSignal, StreakStatus, XpSource
from streaks.models import CheckIn, Streak
from streaks.services import locks, moves, xp


def check_in(*, streak_id: UUID, by: UUID, effort_signal: EffortSignal, now: datetime) -> Streak:
    """Check in on the streak's local date, once. When both have, the day counts; the fifteenth completes it.

    While the payment window is open it counts only if the streak is recovered that day; while reset, both together
    begin a new cycle. Raises NotYours, WrongState (streak_ended, streak_completed, streak_not_started, day_over,
    already_checked_in).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        moves.catch_up(streak, now)
        today = days.local_date(streak.timezone, now)
        _refuse_unless_open(streak, by, today)
        _record(streak, by, effort_signal, today, now)
        side: states.Side = "low" if by == streak.user_low_id else "high"
        moves.write(streak, states.check_in(moves.state_of(streak), side, now), now)
        _reward_if_both(streak, today, now)
    return streak


def _refuse_unless_open(streak: Streak, by: UUID, today: date) -> None:
    if today < streak.started_on:
        raise WrongState("This streak begins at midnight.", code="streak_not_started")
    if today < streak.day:
        raise WrongState("That day is over.", code="day_over")
    if streak.last_check_in(by) == today:
        raise WrongState("You have checked in today.", code="already_checked_in")


def _reward_if_both(streak: Streak, today: date, now: datetime) -> None:
    """Points for a day on which both checked in, whether it counts yet or not; of each streak once a date."""
    if streak.low_on == streak.high_on == today:
        both = (streak.user_low_id, streak.user_high_id)
        xp.earn(*both, source=XpSource.MUTUAL_DAY, source_ref_id=uuid5(streak.id, str(today)), now=now)


def _record(streak: Streak, by: UUID, effort_signal: EffortSignal, today: date, now: datetime) -> None:
    CheckIn.objects.create(
        streak=streak,
        user_id=by,
        local_date=today,
        cycle=streak.cycle + (streak.status == StreakStatus.RESET),
        effort_signal=effort_signal,
        checked_in_at=now,
    )
