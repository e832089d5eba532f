"""Making a subscription of ours say what its provider says."""

from datetime import datetime

from django.conf import settings

from connect.enums import SUBSCRIPTION_TRANSITIONS, Item, PaymentStatus, SubscriptionStatus, Tier
from connect.models import Payment, Subscription
from connect.providers.base import Deal, Invoice
from connect.services import billing_news, payment_states
from connect.services.subscriptions import RANK


def follow(ours: Subscription, deal: Deal, now: datetime) -> None:
    """Take over state, tier and period, and book what was paid; the caller holds person and row, and saves."""
    for bill in deal.paid:
        _book(ours, bill, now)
    _take_tier(ours, deal)
    ours.reference, ours.customer, ours.client_secret = deal.reference, deal.customer, deal.client_secret
    ours.period_start, ours.period_end = deal.period_start, deal.period_end
    _take_status(ours, deal.status, now)


def _book(ours: Subscription, bill: Invoice, now: datetime) -> None:
    """A bill is booked once, however often it is read."""
    payment, made = Payment.objects.get_or_create(
        provider=ours.provider,
        invoice=bill.reference,
        defaults={
            "user_id": ours.user_id,
            "item": Item.SUBSCRIPTION,
            "subject_id": ours.id,
            "amount": bill.amount,
            "currency": bill.currency,
        },
    )
    if made:
        payment_states.open_one(payment, now)
        payment_states.move(payment, PaymentStatus.SETTLED, reference=bill.reference, now=now)


def _take_tier(ours: Subscription, deal: Deal) -> None:
    """A lower tier than the one that is paid for begins with the next period, a higher one at once."""
    begins = ours.period_start is None or deal.period_start > ours.period_start
    if begins or RANK[deal.tier] >= RANK[Tier(ours.tier)]:
        ours.tier, ours.next_tier = deal.tier, ""
    else:
        ours.next_tier = deal.tier
    if deal.ends:
        ours.next_tier = Tier.FREE


def _take_status(ours: Subscription, status: SubscriptionStatus, now: datetime) -> None:
    before = SubscriptionStatus(ours.status)
    if before in {status, SubscriptionStatus.ENDED}:
        return
    if status not in SUBSCRIPTION_TRANSITIONS[before]:  # it was active in between
        ours.status = SubscriptionStatus.ACTIVE
        ours.save(update_fields=["status"])
    ours.status = status
    ours.grace_until = now + settings.SUBSCRIPTION_GRACE if status == SubscriptionStatus.PAST_DUE else None
    if status == SubscriptionStatus.PAST_DUE:
        billing_news.renewal_failed(ours)
    elif status == SubscriptionStatus.ENDED and not ours.leaving:
        billing_news.ended(ours)
