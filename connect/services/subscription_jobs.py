"""Following subscriptions: the provider is told what a person wants, and ours is made to say what the provider says."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from connect import providers
from connect.enums import SubscriptionStatus, Tier
from connect.models import Subscription
from connect.providers.base import Deal, Provider, ProviderDown, ProviderRefused
from connect.services import billing_news, subscription_states
from connect.services.subscriptions import RANK, apply_tier, hint_on_commit, lock_person
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=15)
MAX_WAIT = timedelta(hours=1)
ATTEMPTS = 12
"""After these what was asked for is given up; reading goes on, for a provider that is down ends no subscription."""


def process_due(*, now: datetime) -> int:
    """Follow the subscriptions that are due; how many were."""
    claimed = _claim(now)
    for held in claimed:
        _process(held, now)
    return len(claimed)


def _process(held: Subscription, now: datetime) -> None:
    """What the provider refuses or does not answer counts; a fault of ours is logged, and puts off this one alone."""
    try:
        _follow(held, now)
    except Exception:
        logger.exception("subscription_not_recorded", subscription=str(held.id), attempts=held.attempts)
        with transaction.atomic(), as_service():
            _wait(held, now)


def _follow(held: Subscription, now: datetime) -> None:
    try:
        _record(held, _consult(held, now), now)
    except ProviderRefused as exc:
        _refused(held, exc, now)
    except ProviderDown as exc:
        _down(held, exc, now)


def _claim(now: datetime) -> list[Subscription]:
    with transaction.atomic(), as_service():
        followed = ~Q(status=SubscriptionStatus.ENDED) | Q(leaving=True)
        due = Subscription.objects.claimable(now).filter(followed).order_by("due_at")
        ids = [held.id for held in due.select_for_update(skip_locked=True)[:BATCH]]
        Subscription.objects.filter(id__in=ids).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
        return list(Subscription.objects.filter(id__in=ids))


def _consult(held: Subscription, now: datetime) -> Deal:
    """Tell the provider what is wanted, and have what it says then. Raises ProviderRefused, ProviderDown."""
    provider = providers.by_name(held.provider)
    if held.reference:
        deal = provider.deal(held.reference, now=now)
    else:
        deal = provider.subscribe(key=held.id, tier=Tier(held.tier), now=now)
    if held.leaving:
        provider.forget(deal.customer)
        return replace(deal, status=SubscriptionStatus.ENDED, customer="", client_secret="")
    return _changed(provider, held, deal, now)


def _changed(provider: Provider, held: Subscription, deal: Deal, now: datetime) -> Deal:
    if deal.status == SubscriptionStatus.ENDED:
        return deal
    if _is_over(held, deal, now):
        return provider.end(deal.reference, now=now)
    if held.wanted:
        tier = Tier(held.wanted)
        rises = RANK[tier] > RANK[Tier(held.tier)]
        return provider.change(deal, tier=tier, charged=rises, key=held.wanted_key, now=now)
    return deal


def _is_over(held: Subscription, deal: Deal, now: datetime) -> bool:
    """Never paid for and not wanted any more, or for too long; or a renewal that nobody paid in its time."""
    if deal.status == SubscriptionStatus.PENDING:
        return held.wanted == Tier.FREE or held.begun_at + settings.PAYMENT_LIFETIME <= now
    unpaid = deal.status == SubscriptionStatus.PAST_DUE
    return unpaid and (held.wanted == Tier.FREE or (held.grace_until is not None and held.grace_until <= now))


def _record(held: Subscription, deal: Deal, now: datetime) -> None:
    with transaction.atomic(), as_service():
        lock_person(held.user_id)
        ours = Subscription.objects.select_for_update().get(id=held.id)
        if ours.claimed_until != held.claimed_until:  # another took over, and has read later than we did
            return
        subscription_states.follow(ours, deal, now)
        if ours.wanted_key == held.wanted_key:
            ours.wanted = ours.wanted_key = ""
        _release(ours, held, _next_look(ours, now))
        ours.leaving = ours.leaving and not held.leaving
        ours.save()
        apply_tier(ours.user_id, now)


def _next_look(ours: Subscription, now: datetime) -> datetime:
    if ours.status == SubscriptionStatus.PENDING:
        return now + settings.PAYMENT_POLL
    moments = [ours.period_end, ours.grace_until, now + settings.SUBSCRIPTION_POLL]
    return max(now + FIRST_WAIT, min(moment for moment in moments if moment))


def _release(ours: Subscription, held: Subscription, next_look: datetime) -> None:
    """What was asked for while we were at it stays due."""
    asked_again = ours.due_at != held.due_at
    ours.claimed_until, ours.attempts = None, 0
    if asked_again:
        hint_on_commit()
    else:
        ours.due_at = next_look


def _refused(held: Subscription, exc: Exception, now: datetime) -> None:
    """What was asked for is not to be had; what is paid for goes on, and is looked at again."""
    logger.warning("subscription_refused", subscription=str(held.id), error=str(exc))
    _drop(held, now)


def _down(held: Subscription, exc: Exception, now: datetime) -> None:
    logger.warning("subscription_not_asked", subscription=str(held.id), attempts=held.attempts, error=str(exc))
    if held.attempts >= ATTEMPTS and (held.wanted or not held.reference):
        _drop(held, now)
    else:
        _put_off(held, now)


def _drop(held: Subscription, now: datetime) -> None:
    with transaction.atomic(), as_service():
        lock_person(held.user_id)
        ours = Subscription.objects.select_for_update().get(id=held.id)
        if ours.claimed_until != held.claimed_until:
            return
        if ours.status == SubscriptionStatus.PENDING and not ours.reference and not ours.leaving:
            ours.status = SubscriptionStatus.ENDED
            billing_news.payment_failed(ours)
        elif ours.wanted and ours.wanted_key == held.wanted_key:
            ours.wanted = ours.wanted_key = ""
            billing_news.payment_failed(ours)
        _release(ours, held, now + MAX_WAIT)
        ours.save()
        apply_tier(ours.user_id, now)


def _put_off(held: Subscription, now: datetime) -> None:
    """A grace that runs out meanwhile runs out, whether the provider answers or not."""
    with transaction.atomic(), as_service():
        lock_person(held.user_id)
        _wait(held, now)
        apply_tier(held.user_id, now)


def _wait(held: Subscription, now: datetime) -> None:
    wait = min(MAX_WAIT, FIRST_WAIT * 2 ** min(held.attempts - 1, 10))
    ours = Subscription.objects.filter(id=held.id, claimed_until=held.claimed_until)
    ours.update(due_at=now + wait, claimed_until=None)
