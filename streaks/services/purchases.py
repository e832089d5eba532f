"""Buying a reveal before one has earned it."""

from datetime import datetime
from uuid import UUID

from config.errors import NotYours, WrongState
from connect.enums import Item
from connect.models import Payment, User
from connect.services import payments
from safety.roles import as_service
from streaks.enums import ENDED_STREAK, MilestoneStatus, PayWith
from streaks.models import REVEALS, MilestoneReveal, RevealMilestone, Streak
from streaks.services import conversions, facts, locks, reveals, settlements


def purchase(*, streak_id: UUID, by: UUID, number: int, pay_with: PayWith, now: datetime) -> Payment:
    """Pay for one of one's own reveals; it is purchased when that is settled, with credits at once.

    While a payment for it is pending it is that one. What one has earned is not sold, nor what tells nothing. Raises
    NotYours, WrongState (streak_ended, streak_completed, not_for_sale, already_revealed, nothing_to_tell,
    payment_pending, credits_insufficient).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        reveal = _for_sale(streak, by, number)
        pay = payments.pay_with_credits if pay_with == PayWith.CREDITS else payments.begin
        return pay(user_id=by, item=Item.REVEAL, subject_id=reveal.id, now=now)


def settled(*, payment: Payment, now: datetime) -> None:
    """Give the effect of a settled payment: the reveal while it is locked, else credits. Once."""
    with as_service():
        held = settlements.hold(MilestoneReveal, payment)
        if held is None:
            return
        streak, reveal = held
        if reveal.payment_id == payment.id or conversions.is_converted(payment):
            return
        over = streak.apart or streak.status in ENDED_STREAK
        if reveal.status == MilestoneStatus.LOCKED and not over:
            _open(reveal, payment, now)
        else:
            settlements.credit(payment, now)


def _for_sale(streak: Streak, by: UUID, number: int) -> MilestoneReveal:
    if not 1 <= number <= REVEALS:
        raise NotYours()
    tier = User.objects.values_list("tier", flat=True).get(id=by)
    if not RevealMilestone.objects.filter(tier=tier, number=number, purchasable=True).exists():
        raise WrongState("This reveal is not for sale.", code="not_for_sale")
    reveal, _ = MilestoneReveal.objects.get_or_create(streak=streak, user_id=by, number=number)
    if reveal.status != MilestoneStatus.LOCKED:
        raise WrongState("You have this reveal already.", code="already_revealed")
    if reveals.is_earned(streak, by, number):
        raise WrongState("You have earned this reveal: it opens with the next day.", code="not_for_sale")
    if not facts.of(reveal).words:
        raise WrongState("There is nothing to tell there now.", code="nothing_to_tell")
    return reveal


def _open(reveal: MilestoneReveal, payment: Payment, now: datetime) -> None:
    reveal.status, reveal.payment = MilestoneStatus.PURCHASED, payment
    reveal.save(update_fields=["status", "payment"])
    reveals.have_written([reveal.id], now)
