"""What Stripe calls us about. It only makes us read the truth again, so an old or a repeated call does no harm."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import stripe
from django.conf import settings
from django.db.models import Q

from config.errors import Invalid
from connect.enums import PaidBy
from connect.models import Payment, Subscription
from connect.services import subscriptions
from connect.services.payment_jobs import ask
from safety.roles import as_service


def receive(*, body: bytes, signature: str, now: datetime) -> int:
    """Have what a signed event is about read anew; how many rows. Raises Invalid (signature_invalid)."""
    about = _verified(body, signature).get("data", {}).get("object", {})
    names = set(_names(about))
    with as_service():
        return _read_payments(about, names, now) + _read_subscriptions(about, names, now)


def _verified(body: bytes, signature: str) -> dict[str, Any]:
    """The SDK compares in constant time, and refuses a signature older than the tolerance."""
    tolerance = int(settings.WEBHOOK_TOLERANCE.total_seconds())
    try:
        stripe.WebhookSignature.verify_header(body, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance)
        event = orjson.loads(body)
    except (stripe.SignatureVerificationError, ValueError) as exc:
        raise Invalid("This call is not signed by our provider.", code="signature_invalid") from exc
    return event if isinstance(event, dict) else {}


def _names(about: dict[str, Any]) -> Iterator[str]:
    """Whatever in it may be the name of a payment or a subscription; of bills it stands in their parent."""
    details = (about.get("parent") or {}).get("subscription_details") or {}
    for name in (about.get("id"), about.get("payment_intent"), about.get("subscription"), details.get("subscription")):
        if isinstance(name, str) and name:
            yield name


def _read_payments(about: dict[str, Any], names: set[str], now: datetime) -> int:
    made_as = _key(about, "payment")
    known = Q(job__reference__in=names) | Q(states__reference__in=names) | Q(id=made_as)
    found = Payment.objects.filter(known, provider=PaidBy.STRIPE, invoice="").distinct()
    for payment in found:
        ask(payment, now=now, reference=str(about.get("id", "")) if payment.id == made_as else "")
    return len(found)


def _read_subscriptions(about: dict[str, Any], names: set[str], now: datetime) -> int:
    known = Q(reference__in=names) | Q(id=_key(about, "subscription"))
    found = Subscription.objects.open().filter(known, provider=PaidBy.STRIPE)
    for held in found:
        subscriptions.look_at(held, now)
    return len(found)


def _key(about: dict[str, Any], name: str) -> UUID | None:
    try:
        return UUID((about.get("metadata") or {})[name])
    except (KeyError, ValueError):
        return None
