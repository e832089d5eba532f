"""Holding our books against the provider's. A difference is written down, and the row concerned read anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from connect import providers
from connect.enums import PaymentStatus, Tier
from connect.models import BillingDifference, Payment, PaymentState, Subscription
from connect.providers.base import Charge, Deal, ProviderDown, ProviderRefused
from connect.services import subscriptions
from connect.services.payment_jobs import ask
from safety.roles import as_service

logger = structlog.get_logger(__name__)

MISSING = "missing"


def compare(*, now: datetime) -> int:
    """Compare what is recent with the provider that the settings name; how many differences there are.

    What is so young that a job is still at it is left alone. A provider that does not answer is asked next time.
    """
    provider = providers.by_name(settings.PAYMENT_PROVIDER)
    since = now - settings.BILLING_COMPARED
    try:
        charges, deals = list(provider.charges(since)), list(provider.deals(now=now))
    except (ProviderDown, ProviderRefused) as exc:
        logger.warning("books_not_compared", error=str(exc))
        return 0
    with transaction.atomic(), as_service():
        return _compare_payments(charges, since, now) + _compare_subscriptions(deals, now)


def _compare_payments(charges: list[Charge], since: datetime, now: datetime) -> int:
    theirs = {charge.order: charge for charge in charges if charge.order}
    found = 0
    for payment in _quiet_payments(since, now):
        charge = theirs.get(payment.id)
        if not _agree(payment, charge):
            reference = charge.reference if charge else payment.reference_now
            ours = f"{payment.status_now}, {payment.amount} {payment.currency}"
            _note("payment", payment.id, (ours, _told(charge)), now)
            ask(payment, now=now, reference=reference)
            found += 1
    return found + _note_unknown(theirs, now)


def _quiet_payments(since: datetime, now: datetime) -> QuerySet[Any]:
    recent = Payment.objects.filter(states__number=1, states__at__gte=since)
    moving = PaymentState.objects.filter(payment=OuterRef("pk"), at__gt=now - settings.BILLING_SETTLING)
    return recent.filter(~Exists(moving), provider=settings.PAYMENT_PROVIDER, invoice="").with_status()


def _agree(payment: Any, charge: Charge | None) -> bool:
    """A payment that came to nothing may not have reached the provider at all, or wait there for nobody."""
    if charge is None:
        return bool(payment.status_now == PaymentStatus.FAILED)
    same_sum = (charge.amount, charge.currency) == (payment.amount, payment.currency)
    same = {
        PaymentStatus.FAILED: {PaymentStatus.FAILED, PaymentStatus.PENDING},
        PaymentStatus.REFUND_PENDING: {PaymentStatus.SETTLED},
    }
    return same_sum and charge.status in same.get(payment.status_now, {payment.status_now})


def _note_unknown(theirs: dict[UUID, Charge], now: datetime) -> int:
    """Made under a key of ours that is not in our books: nobody has anything from them."""
    known = set(Payment.objects.filter(id__in=list(theirs)).values_list("id", flat=True))
    lost = [key for key in theirs if key not in known]
    for key in lost:
        _note("payment", key, (MISSING, _told(theirs[key])), now)
    return len(lost)


def _compare_subscriptions(deals: list[Deal], now: datetime) -> int:
    theirs = {deal.reference: deal for deal in deals}
    quiet = Q(updated_at__lte=now - settings.BILLING_SETTLING) | Q(claimed_until=None)
    ours = Subscription.objects.open().filter(quiet, provider=settings.PAYMENT_PROVIDER, wanted="")
    found = 0
    for held in ours.filter(begun_at__lte=now - settings.BILLING_SETTLING):
        told, said = _standing(held), _said(theirs.get(held.reference))
        if told != said:
            _note("subscription", held.id, (told, said), now)
            subscriptions.look_at(held, now)
            found += 1
    return found


def _told(charge: Charge | None) -> str:
    return f"{charge.status}, {charge.amount} {charge.currency}" if charge else MISSING


def _standing(held: Subscription) -> str:
    heading = held.next_tier or held.tier
    return f"{held.status} to {heading} until {held.period_end:%Y-%m-%d}" if held.period_end else held.status


def _said(deal: Deal | None) -> str:
    if deal is None:
        return MISSING
    heading = Tier.FREE if deal.ends else deal.tier
    return f"{deal.status} to {heading} until {deal.period_end:%Y-%m-%d}"


def _note(entity: str, entity_id: UUID, sides: tuple[str, str], now: datetime) -> None:
    """Once as long as it stays the same."""
    ours, theirs = sides
    last = BillingDifference.objects.filter(entity=entity, entity_id=entity_id).order_by("-id").first()
    if last and (last.ours, last.theirs) == sides:
        return
    logger.warning("books_differ", entity=entity, id=str(entity_id), ours=ours, theirs=theirs)
    BillingDifference.objects.create(
        provider=settings.PAYMENT_PROVIDER, entity=entity, entity_id=entity_id, ours=ours, theirs=theirs, at=now
    )
