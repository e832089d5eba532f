"""What becomes of a payment: each state is a new row, and those above hear of it in the same transaction."""

from datetime import datetime
from uuid import UUID

from connect.enums import PAYMENT_TRANSITIONS, Item, PaymentStatus
from connect.models import Payment, PaymentState
from connect.services import billing_news
from connect.signals import payment_refunded, payment_settled


def lock(payment_id: UUID) -> Payment:
    """The payment, for nobody else to move on until the transaction ends. Needs the service role."""
    return Payment.objects.select_for_update(no_key=True).get(id=payment_id)


def newest(payment: Payment) -> PaymentState:
    """The state it is in."""
    return payment.states.order_by("-number")[0]


def open_one(payment: Payment, now: datetime) -> None:
    """A new payment's first state."""
    PaymentState.objects.create(payment=payment, number=1, status=PaymentStatus.PENDING, at=now)


def move(payment: Payment, to: PaymentStatus, *, reference: str, now: datetime) -> bool:
    """Move a locked payment on, if it is not there yet and may go there; whether it moved."""
    before = newest(payment)
    if to not in PAYMENT_TRANSITIONS[PaymentStatus(before.status)]:
        return False
    PaymentState.objects.create(
        payment=payment, number=before.number + 1, status=to, reference=reference or before.reference, at=now
    )
    _tell(payment, PaymentStatus(before.status), to, now)
    return True


def _tell(payment: Payment, before: PaymentStatus, to: PaymentStatus, now: datetime) -> None:
    """A refund that did not come about leaves what was settled before, and no second effect."""
    if payment.item == Item.SUBSCRIPTION:
        return
    if to == PaymentStatus.SETTLED and before != PaymentStatus.REFUND_PENDING:
        payment_settled.send(sender=Payment, payment=payment, now=now)
    elif to == PaymentStatus.REFUNDED:
        billing_news.refunded(payment)
        payment_refunded.send(sender=Payment, payment=payment, now=now)
