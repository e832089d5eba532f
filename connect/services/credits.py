"""Credits: a ledger that only grows. They buy single things, never a subscription, and are never paid out."""

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from config.errors import Invalid, WrongState
from connect.enums import CreditReason
from connect.models import CreditEntry, Payment
from safety.roles import as_service


def balance(user_id: UUID, currency: str) -> int:
    """What a person has, in minor units."""
    entries = CreditEntry.objects.filter(user=user_id, currency=currency)
    return entries.aggregate(sum=Sum("amount"))["sum"] or 0


def grant(
    *, user_id: UUID, amount: int, currency: str, reason: CreditReason, source_id: UUID, now: datetime
) -> CreditEntry:
    """Give credits once for each reason and source; asking again returns the entry there is.

    For `protection` and `refund` the source is the payment. Raises Invalid for what is not above zero or a purchase.
    """
    if amount <= 0 or reason == CreditReason.PURCHASE:
        raise Invalid("Credits are given in whole amounts above zero.", code="not_a_grant")
    with as_service():
        entry = CreditEntry(
            user_id=user_id, amount=amount, currency=currency, reason=reason, source_id=source_id, at=now
        )
        CreditEntry.objects.bulk_create([entry], ignore_conflicts=True)
        return CreditEntry.objects.get(reason=reason, source_id=source_id)


def spend(payment: Payment, now: datetime) -> CreditEntry:
    """Take what a payment costs. The caller holds the person's row. Raises WrongState (credits_insufficient)."""
    held = balance(payment.user_id, payment.currency)
    if held < payment.amount:
        message = "You do not have enough credits for this."
        raise WrongState(message, code="credits_insufficient", balance=held, price=payment.amount)
    return CreditEntry.objects.create(
        user_id=payment.user_id,
        amount=-payment.amount,
        currency=payment.currency,
        reason=CreditReason.PURCHASE,
        source_id=payment.id,
        at=now,
    )
