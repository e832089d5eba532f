"""What payments of streaks have in common: what a settled one was for, and what becomes of one that came too late."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from connect.enums import Item, PaymentStatus
from connect.models import Payment
from connect.services import payments
from streaks.enums import PayWith
from streaks.models import MilestoneReveal, NudgePayment, RecoveryPayment, Streak
from streaks.services import conversions, locks, telling

Sold = TypeVar("Sold", MilestoneReveal, NudgePayment, RecoveryPayment)


def begin(bought: RecoveryPayment | NudgePayment, *, by: UUID, item: Item, now: datetime) -> None:
    """Write down what somebody buys, with a payment that settles later or credits that settle at once.

    The signal of its settling comes back to `settled` of whatever it is. Raises WrongState (credits_insufficient).
    """
    if bought.pay_with == PayWith.MONEY:
        bought.payment = payments.begin(user_id=by, item=item, subject_id=bought.id, now=now)
    bought.save(force_insert=True)
    if bought.pay_with == PayWith.CREDITS:
        payments.pay_with_credits(user_id=by, item=item, subject_id=bought.id, now=now)
        bought.refresh_from_db()


def hold(model: type[Sold], payment: Payment) -> tuple[Streak, Sold] | None:
    """What was paid for with its streak, for nobody else to decide; None if it is gone. Needs the service role."""
    found = model.objects.filter(id=payment.subject_id).first()
    if found is None:
        return None
    streak = locks.pair_and_streak(found.streak_id, by=None)
    return streak, model.objects.select_for_update(no_key=True).get(id=found.id)


def credit(payment: Payment, now: datetime) -> bool:
    """Give what came too late back as credits, and say so; whether it did. Needs the service role."""
    if not conversions.convert(payment, now):
        return False
    telling.too_late(payment.user_id, payment.id)
    return True


def failed(item: Item) -> QuerySet[Any]:
    """The ids of payments for such a thing that came to nothing."""
    states: QuerySet[Any] = Payment.objects.filter(item=item).with_status()
    return states.filter(status_now=PaymentStatus.FAILED).values("id")
