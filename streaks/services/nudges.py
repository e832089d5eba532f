"""Reminding the one who has not checked in yet."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import WrongState
from connect.models import User
from streaks.enums import NudgePaymentStatus, StreakStatus
from streaks.models import Nudge, NudgePayment, Streak
from streaks.services import notices


def can_send(streak: Streak, by: UUID) -> bool:
    """Whether the day is at risk because of the other. The clock has to have moved the streak up to now."""
    return streak.status == StreakStatus.AT_RISK and streak.last_check_in(by) == streak.day


def refuse_unless_late(streak: Streak, by: UUID) -> None:
    """Raises WrongState (nobody_to_nudge). The clock has to have moved the streak up to now."""
    if not can_send(streak, by):
        raise WrongState("There is nobody to remind now.", code="nobody_to_nudge")


def free_left(streak: Streak, by: UUID) -> int:
    """Nudges that a person's tier still gives them for the day at risk. Needs the service role."""
    tier = User.objects.values_list("tier", flat=True).get(id=by)
    sent = Nudge.objects.filter(streak=streak, local_date=streak.day).count()
    return max(0, settings.NUDGES[tier] - (sent - bought(streak)))


def for_sale(streak: Streak) -> int:
    """Nudges of the day at risk that can still be bought. Needs the service role."""
    return max(0, settings.NUDGES_SOLD - bought(streak))


def bought(streak: Streak) -> int:
    """Nudges of the day a streak stands at that were paid for. Needs the service role."""
    return NudgePayment.objects.filter(streak=streak, day=streak.day, status=NudgePaymentStatus.SENT).count()


def send(streak: Streak, by: UUID, now: datetime) -> Nudge:
    """Remind the other, whatever it cost, of a locked streak. Needs the service role."""
    sent = Nudge.objects.filter(streak=streak, local_date=streak.day).count()
    made = Nudge.objects.create(
        streak=streak,
        sender_id=by,
        receiver_id=streak.other(by),
        local_date=streak.day,
        number=sent + 1,
        sent_at=now,
    )
    notices.tell_of_nudge(streak, made.receiver_id)
    return made
