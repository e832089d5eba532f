"""What a nudge costs: those of one's tier come first, then money, which settles later, or credits, at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from config.errors import CapacityReached, WrongState
from connect import prices
from connect.enums import Item
from connect.models import Payment
from safety.roles import as_service
from streaks.enums import ENDED_STREAK, NudgePaymentStatus, PayWith
from streaks.models import NudgePayment, Streak
from streaks.services import locks, moves, nudges, settlements


@dataclass(frozen=True)
class Reminder:
    """A nudge, and how it was paid for; `number` and `sent_at` once it is sent."""

    status: NudgePaymentStatus
    pay_with: PayWith
    number: int | None
    sent_at: datetime | None
    payment_id: UUID | None = None


def nudge(*, streak_id: UUID, by: UUID, pay_with: PayWith | None, now: datetime) -> Reminder:
    """Remind the other while the day is at risk because of them. What one's tier gives is used first, whatever was
    asked for.

    With money it waits for the payment to be settled; asking again meanwhile finds the same payment. Raises NotYours,
    WrongState (streak_ended, streak_completed, nobody_to_nudge, payment_pending, credits_insufficient), CapacityReached
    (nudges_used, which says what one more costs; nudges_sold_out).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        moves.catch_up(streak, now)
        nudges.refuse_unless_late(streak, by)
        if nudges.free_left(streak, by):
            sent = nudges.send(streak, by, now)
            return Reminder(NudgePaymentStatus.SENT, PayWith.FREE, sent.number, sent.sent_at)
        return _told(_pending(streak, by, pay_with, now) or _begin(streak, by, _way(streak, pay_with), now))


def settled(*, payment: Payment, now: datetime) -> None:
    """Give the effect of a settled payment: the nudge while that very day is at risk, else credits. Once."""
    with as_service():
        held = settlements.hold(NudgePayment, payment)
        if held is None:
            return
        streak, bought = held
        if bought.status in {NudgePaymentStatus.SENT, NudgePaymentStatus.CREDITED}:
            return
        bought.payment = payment
        if _in_time(streak, bought, now):
            bought.number = nudges.send(streak, bought.sender_id, now).number
            _move(bought, NudgePaymentStatus.SENT, now)
        elif settlements.credit(payment, now):
            _move(bought, NudgePaymentStatus.CREDITED, now)


def fail_unpaid(*, now: datetime) -> None:
    """Write down which of those that wait for a payment wait in vain."""
    with transaction.atomic(), as_service():
        waiting = NudgePayment.objects.filter(status=NudgePaymentStatus.PENDING)
        unpaid = waiting.filter(payment__in=settlements.failed(Item.NUDGE))
        unpaid.update(status=NudgePaymentStatus.FAILED, decided_at=now)


def _way(streak: Streak, asked: PayWith | None) -> PayWith:
    """How one more is paid for. Raises CapacityReached."""
    left = nudges.for_sale(streak)
    if asked is None:
        price = prices.of(Item.NUDGE)
        more = {"for_sale": left, "price": price.amount, "currency": price.currency}
        raise CapacityReached("You have used your nudges for today.", code="nudges_used", **more)
    if not left:
        raise CapacityReached("There are no more nudges today.", code="nudges_sold_out")
    return asked


def _pending(streak: Streak, by: UUID, asked: PayWith | None, now: datetime) -> NudgePayment | None:
    """The one whose payment is under way for this day."""
    waiting = NudgePayment.objects.filter(streak=streak, sender=by, status=NudgePaymentStatus.PENDING)
    failed = waiting.filter(payment__in=settlements.failed(Item.NUDGE))
    failed.update(status=NudgePaymentStatus.FAILED, decided_at=now)
    pending = waiting.filter(day=streak.day).first() if asked else None
    if pending is not None and asked == PayWith.CREDITS:
        raise WrongState("This is being paid for already.", code="payment_pending")
    return pending


def _begin(streak: Streak, by: UUID, way: PayWith, now: datetime) -> NudgePayment:
    bought = NudgePayment(streak=streak, sender_id=by, day=streak.day, pay_with=way)
    settlements.begin(bought, by=by, item=Item.NUDGE, now=now)
    return bought


def _in_time(streak: Streak, bought: NudgePayment, now: datetime) -> bool:
    """Whether the very day that was paid for can still be saved; and what failed and was paid after all is bounded."""
    if streak.apart or streak.status in ENDED_STREAK:
        return False
    moves.catch_up(streak, now)
    same_day = streak.day == bought.day and nudges.can_send(streak, bought.sender_id)
    return same_day and nudges.for_sale(streak) > 0


def _move(bought: NudgePayment, to: NudgePaymentStatus, now: datetime) -> None:
    bought.status, bought.decided_at = to, now
    bought.save(update_fields=["status", "number", "decided_at", "payment"])


def _told(bought: NudgePayment) -> Reminder:
    sent_at = bought.decided_at if bought.status == NudgePaymentStatus.SENT else None
    return Reminder(
        NudgePaymentStatus(bought.status), PayWith(bought.pay_with), bought.number, sent_at, bought.payment_id
    )
