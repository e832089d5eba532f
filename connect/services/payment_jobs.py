"""Taking payments to their provider, and reading what it says of them.

A job is claimed and the claim committed before the provider is asked, with a key that is the payment's own: killed
in between, the next worker asks the same, and there is one charge.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from connect import providers
from connect.enums import PaymentStatus
from connect.models import Payment, PaymentJob
from connect.providers.base import Charge, Order, ProviderDown, ProviderRefused
from connect.services import payment_states
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=15)
MAX_WAIT = timedelta(hours=1)
ATTEMPTS = 12
"""After these nobody knows whether there is a charge; should there be one, comparing the books finds it."""


def ask(payment: Payment, *, now: datetime, reference: str = "") -> None:
    """Have a worker ask the provider about a payment once this is committed. Needs the service role.

    A worker that is at it already sees that it was asked again, and looks once more.
    """
    known = reference or payment_states.newest(payment).reference
    job, made = PaymentJob.objects.get_or_create(payment=payment, defaults={"due_at": now, "reference": known})
    if not made:
        PaymentJob.objects.filter(id=job.id).update(due_at=now, attempts=0, reference=job.reference or known)
    transaction.on_commit(_hint, robust=True)


def process_due(*, now: datetime) -> int:
    """Ask about the payments that are due; how many were."""
    jobs = _claim(now)
    for job in jobs:
        _process(job, now)
    return len(jobs)


def _process(job: PaymentJob, now: datetime) -> None:
    """What the provider refuses or does not answer counts; a fault of ours is logged, and puts off this payment alone.

    A charge that could not be written down is known by its reference from then on: keys do not last for ever.
    """
    known: dict[str, str] = {}
    try:
        _see_to(job, known, now)
    except Exception:
        logger.exception("payment_not_recorded", payment=str(job.payment_id), attempts=job.attempts)
        with transaction.atomic(), as_service():
            _put_off(job, now, **known)


def _see_to(job: PaymentJob, known: dict[str, str], now: datetime) -> None:
    """`known` learns the reference as soon as there is one."""
    try:
        charge = _consult(job, now)
        known["reference"] = charge.reference
        _record(job, charge, now)
    except (ProviderRefused, ProviderDown) as exc:
        _failed(job, exc, now)


def _claim(now: datetime) -> list[PaymentJob]:
    with transaction.atomic(), as_service():
        due = PaymentJob.objects.claimable(now).order_by("due_at").select_for_update(skip_locked=True)
        ids = [job.id for job in due[:BATCH]]
        PaymentJob.objects.filter(id__in=ids).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
        return list(PaymentJob.objects.filter(id__in=ids).select_related("payment"))


def _consult(job: PaymentJob, now: datetime) -> Charge:
    """What the provider says. Raises ProviderRefused, ProviderDown."""
    payment, provider = job.payment, providers.by_name(job.payment.provider)
    begun, status = _standing(payment)
    if not job.reference:
        return provider.charge(Order(payment.id, payment.amount, payment.currency, payment.item))
    if status == PaymentStatus.REFUND_PENDING:
        return provider.refund(job.reference, key=payment.id)
    charge = provider.read(job.reference)
    if charge.status == PaymentStatus.PENDING and begun + settings.PAYMENT_LIFETIME <= now:
        return provider.cancel(job.reference)
    return charge


def _standing(payment: Payment) -> tuple[datetime, str]:
    """Since when it is to be paid, and how it stands."""
    with transaction.atomic(), as_service():
        first, *more = payment.states.order_by("number")
    return first.at, (more or [first])[-1].status


def _record(job: PaymentJob, charge: Charge, now: datetime) -> None:
    """Make ours say what the provider says, whoever asked and in whatever order the answers come."""
    with transaction.atomic(), as_service():
        payment = payment_states.lock(job.payment_id)
        if (charge.amount, charge.currency) != (payment.amount, payment.currency):
            logger.error("charge_of_another_amount", payment=str(payment.id), reference=charge.reference)
            _put_off(job, now, reference=charge.reference)
            return
        _follow(payment, charge, now)
        if payment.status in {PaymentStatus.PENDING, PaymentStatus.REFUND_PENDING}:
            _wait(job, charge, now)
        else:
            _finish(job)


def _follow(payment: Payment, charge: Charge, now: datetime) -> None:
    """What was given back before we looked was paid first; what is being given back is not settled anew."""
    status = payment.status
    if charge.status == PaymentStatus.REFUNDED and status in {PaymentStatus.PENDING, PaymentStatus.FAILED}:
        payment_states.move(payment, PaymentStatus.SETTLED, reference=charge.reference, now=now)
    if charge.status == PaymentStatus.SETTLED and status == PaymentStatus.REFUND_PENDING:
        return
    payment_states.move(payment, charge.status, reference=charge.reference, now=now)


def _wait(job: PaymentJob, charge: Charge, now: datetime) -> None:
    kept = {"reference": charge.reference, "client_secret": charge.client_secret, "attempts": 0}
    asked_again = not _ours(job).filter(due_at=job.due_at).update(due_at=now + settings.PAYMENT_POLL)
    _ours(job).update(claimed_until=None, **kept)
    if asked_again:
        transaction.on_commit(_hint, robust=True)


def _finish(job: PaymentJob) -> None:
    """Unless it was asked again meanwhile: then the answer may be old."""
    if not _ours(job).filter(due_at=job.due_at).delete()[0]:
        _ours(job).update(claimed_until=None)


def _failed(job: PaymentJob, exc: Exception, now: datetime) -> None:
    logger.warning("payment_not_asked", payment=str(job.payment_id), attempts=job.attempts, error=str(exc))
    with transaction.atomic(), as_service():
        if isinstance(exc, ProviderDown) and job.attempts < ATTEMPTS:
            _put_off(job, now)
            return
        _give_up(job, now)


def _give_up(job: PaymentJob, now: datetime) -> None:
    """Nothing was charged as far as we know; what could not be given back stays paid."""
    logger.error("payment_given_up", payment=str(job.payment_id), attempts=job.attempts)
    payment = payment_states.lock(job.payment_id)
    if payment.status == PaymentStatus.REFUND_PENDING:
        payment_states.move(payment, PaymentStatus.SETTLED, reference=job.reference, now=now)
    elif payment.status == PaymentStatus.PENDING:
        payment_states.move(payment, PaymentStatus.FAILED, reference=job.reference, now=now)
    _finish(job)


def _put_off(job: PaymentJob, now: datetime, **changes: str) -> None:
    wait = min(MAX_WAIT, FIRST_WAIT * 2 ** min(job.attempts - 1, 10))
    _ours(job).update(due_at=now + wait, claimed_until=None, **changes)


def _ours(job: PaymentJob) -> QuerySet[Any]:
    """The row, unless another worker has taken it over."""
    return PaymentJob.objects.filter(id=job.id, claimed_until=job.claimed_until)


def _hint() -> None:
    from connect.tasks import settle_payments

    settle_payments.delay()
