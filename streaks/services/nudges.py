"""Reminding the one who has not checked in yet."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import CapacityReached, WrongState
from connect.models import User
from safety.roles import as_service
from streaks.enums import StreakStatus
from streaks.models import Nudge, Streak
from streaks.services import locks, moves, notices


def nudge(*, streak_id: UUID, by: UUID, now: datetime) -> Nudge:
    """Remind the other while the day is at risk because of them; as often as one's tier allows.

    Raises NotYours, WrongState (streak_ended, streak_completed, nobody_to_nudge), CapacityReached (nudges_used).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        moves.catch_up(streak, now)
        if streak.status != StreakStatus.AT_RISK or streak.last_check_in(by) != streak.day:
            raise WrongState("There is nobody to remind now.", code="nobody_to_nudge")
        sent = Nudge.objects.filter(streak=streak, local_date=streak.day).count()
        if sent >= allowance(by):
            raise CapacityReached("You have used your nudges for today.", code="nudges_used")
        made = _record(streak, by, sent + 1, now)
        notices.tell_of_nudge(streak, made.receiver_id)
    return made


def allowance(user_id: UUID) -> int:
    """Nudges that a person's tier gives for one day at risk. Needs the service role."""
    tier = User.objects.values_list("tier", flat=True).get(id=user_id)
    allowed: int = settings.NUDGES[tier]
    return allowed


def _record(streak: Streak, by: UUID, number: int, now: datetime) -> Nudge:
    return Nudge.objects.create(
        streak=streak,
        sender_id=by,
        receiver_id=streak.other(by),
        local_date=streak.day,
        number=number,
        sent_at=now,
    )
