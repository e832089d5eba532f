"""Tiers that people pay for: what a person asks for waits in the row until the provider was told."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from config.db import new_id
from config.errors import WrongState
from connect.enums import SubscriptionStatus, Tier
from connect.models import Subscription, User
from connect.signals import tier_changed
from safety.roles import as_service
from safety.services import audit

RANK = {Tier.FREE: 0, Tier.PLUS: 1, Tier.PRO: 2}


def request(*, user_id: UUID, tier: Tier, now: datetime) -> Subscription | None:
    """Have a person's tier become this one: a rise once it is paid, a fall or the end with the next period.

    Asking for what they have, or asked for, changes nothing. None for who is free and stays it. Raises WrongState
    (subscription_pending, payment_due) for another paid tier while the first payment or a renewal is open.
    """
    with as_service():
        lock_person(user_id)
        held = current(user_id)
        if held is None:
            return None if tier == Tier.FREE else _begin(user_id, tier, now)
        if tier != _heading_for(held):
            _check_may_change(held, tier)
            _want(held, tier, now)
    return held


def current(user_id: UUID) -> Subscription | None:
    """The one that has not ended."""
    found: Subscription | None = Subscription.objects.open().filter(user=user_id).first()
    return found


def look_at(held: Subscription, now: datetime) -> None:
    """Have a worker read what the provider says, once this is committed. Needs the service role."""
    Subscription.objects.filter(id=held.id).update(due_at=now, attempts=0)
    hint_on_commit()


def lock_person(user_id: UUID) -> None:
    """Whatever moves a person's tier waits for each other."""
    User.objects.select_for_update(no_key=True).get(id=user_id)


def apply_tier(user_id: UUID, now: datetime) -> None:
    """Make an account's tier what its subscription gives; nothing else writes it. The caller holds the person's row."""
    held = current(user_id)
    tier = held.tier_at(now) if held else Tier.FREE
    if User.objects.filter(id=user_id).exclude(tier=tier).update(tier=tier, updated_at=now):
        tier_changed.send(sender=User, user_id=user_id, now=now)


def leave(user_id: UUID, now: datetime) -> None:
    """End what somebody who is gone subscribed to, and have the provider forget them; again changes nothing."""
    with transaction.atomic(), as_service():
        known = Subscription.objects.filter(user=user_id).exclude(status=SubscriptionStatus.ENDED, customer="")
        known.update(leaving=True, wanted="", client_secret="", due_at=now, attempts=0)
        hint_on_commit()


def hint_on_commit() -> None:
    transaction.on_commit(_hint, robust=True)


def _begin(user_id: UUID, tier: Tier, now: datetime) -> Subscription:
    made = Subscription.objects.create(
        user_id=user_id, tier=tier, provider=settings.PAYMENT_PROVIDER, begun_at=now, due_at=now
    )
    hint_on_commit()
    return made


def _heading_for(held: Subscription) -> str:
    return held.wanted or held.next_tier or held.tier


def _check_may_change(held: Subscription, tier: Tier) -> None:
    if tier == Tier.FREE:
        return
    if held.status == SubscriptionStatus.PENDING:
        raise WrongState("Your subscription waits for its first payment.", code="subscription_pending")
    if held.status == SubscriptionStatus.PAST_DUE:
        raise WrongState("Your last renewal has not been paid.", code="payment_due")


def _want(held: Subscription, tier: Tier, now: datetime) -> None:
    held.wanted, held.wanted_key = tier, str(new_id())
    held.due_at, held.attempts = now, 0
    held.save(update_fields=["wanted", "wanted_key", "due_at", "attempts", "updated_at"])
    asked = {"from": held.tier, "to": tier}
    audit.record(action="tier_asked_for", actor=held.user_id, entity="connect_subscription", entity_id=held.id, **asked)
    hint_on_commit()


def _hint() -> None:
    from connect.tasks import follow_subscriptions

    follow_subscriptions.delay()
