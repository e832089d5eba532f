"""Paying for single things. What is asked of a provider waits in a row; nothing here talks to one."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import Forbidden, NotYours, WrongState
from connect import prices
from connect.enums import CreditReason, Item, PaidBy, PaymentStatus
from connect.models import CreditEntry, Payment, User
from connect.services import credits, payment_states
from connect.services.payment_jobs import ask
from safety.roles import as_service
from safety.services import audit


def begin(*, user_id: UUID, item: Item, subject_id: UUID, now: datetime) -> Payment:
    """Have a person pay for something: a pending payment, which a worker takes to the provider once this is committed.

    While one for the same thing is pending, it is that one. `payment_settled` tells of its end. Raises Invalid for a
    subscription.
    """
    with as_service():
        _lock_payer(user_id)
        pending = _pending(user_id, item, subject_id)
        if pending:
            return pending
        payment = _open(user_id, item, subject_id, PaidBy(settings.PAYMENT_PROVIDER), now)
        ask(payment, now=now)
    return payment


def pay_with_credits(*, user_id: UUID, item: Item, subject_id: UUID, now: datetime) -> Payment:
    """Pay for something out of a person's credits, at once.

    Raises Invalid for a subscription, WrongState (credits_insufficient; payment_pending while the same is being paid
    for with money).
    """
    with as_service():
        _lock_payer(user_id)
        if _pending(user_id, item, subject_id):
            raise WrongState("This is being paid for already.", code="payment_pending")
        payment = _open(user_id, item, subject_id, PaidBy.CREDITS, now)
        credits.spend(payment, now)
        payment_states.move(payment, PaymentStatus.SETTLED, reference="", now=now)
    return payment


def refund(*, payment_id: UUID, by: UUID | None, now: datetime) -> Payment:
    """Give a settled payment back: credits at once, money once the provider has done it.

    What was paid for is there already, so that only staff may; `by` None is the system itself, for what it could not
    deliver. Asking again changes nothing. Raises NotYours, Forbidden, WrongState (not_refundable, already_credited).
    """
    with as_service():
        _check_staff(by)
        if not Payment.objects.filter(id=payment_id).exists():
            raise NotYours()
        payment = payment_states.lock(payment_id)
        status = payment.status
        if status in {PaymentStatus.REFUND_PENDING, PaymentStatus.REFUNDED}:
            return payment
        _check_refundable(payment, status)
        audit.record(action="refund", actor=by, entity="connect_payment", entity_id=payment.id)
        _give_back(payment, now)
    return payment


def _lock_payer(user_id: UUID) -> None:
    """Two payments of one person wait for each other."""
    User.objects.select_for_update(no_key=True).get(id=user_id)


def _pending(user_id: UUID, item: Item, subject_id: UUID) -> Payment | None:
    same = Payment.objects.filter(user=user_id, item=item, subject_id=subject_id).with_status()
    return same.filter(status_now=PaymentStatus.PENDING).first()


def _open(user_id: UUID, item: Item, subject_id: UUID, provider: PaidBy, now: datetime) -> Payment:
    price = prices.of(item)
    payment = Payment.objects.create(
        user_id=user_id,
        item=item,
        subject_id=subject_id,
        amount=price.amount,
        currency=price.currency,
        provider=provider,
    )
    payment_states.open_one(payment, now)
    return payment


def _check_staff(by: UUID | None) -> None:
    if by is not None and not User.objects.filter(id=by, is_staff=True).exists():
        raise Forbidden("Only our team gives payments back.")


def _check_refundable(payment: Payment, status: PaymentStatus) -> None:
    if payment.item == Item.SUBSCRIPTION:
        raise WrongState("A bill of a subscription is given back at the provider.", code="not_refundable")
    if status != PaymentStatus.SETTLED:
        raise WrongState("Only what was paid can be given back.", code="not_refundable")
    if CreditEntry.objects.filter(reason=CreditReason.PROTECTION, source_id=payment.id).exists():
        raise WrongState("This was given back in credits.", code="already_credited")


def _give_back(payment: Payment, now: datetime) -> None:
    if payment.provider != PaidBy.CREDITS:
        payment_states.move(payment, PaymentStatus.REFUND_PENDING, reference="", now=now)
        ask(payment, now=now)
        return
    credits.grant(
        user_id=payment.user_id,
        amount=payment.amount,
        currency=payment.currency,
        reason=CreditReason.REFUND,
        source_id=payment.id,
        now=now,
    )
    payment_states.move(payment, PaymentStatus.REFUNDED, reference="", now=now)
