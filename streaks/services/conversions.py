"""Payments that become credits, because what they were for is not to be had any more or was taken from the payer."""

from datetime import datetime

from connect.enums import CreditReason, PaymentStatus
from connect.models import CreditEntry, Payment
from connect.services import credits, payment_states


def is_converted(payment: Payment) -> bool:
    """Whether it has become credits. Needs the service role."""
    return CreditEntry.objects.filter(reason=CreditReason.PROTECTION, source_id=payment.id).exists()


def convert(payment: Payment, now: datetime) -> bool:
    """Give what was paid as credits, once; not what is given back otherwise. Whether it did. Needs the service role.

    The payment is locked, so that no refund comes between.
    """
    locked = payment_states.lock(payment.id)
    if locked.status != PaymentStatus.SETTLED or is_converted(locked):
        return False
    credits.grant(
        user_id=locked.user_id,
        amount=locked.amount,
        currency=locked.currency,
        reason=CreditReason.PROTECTION,
        source_id=locked.id,
        now=now,
    )
    return True
