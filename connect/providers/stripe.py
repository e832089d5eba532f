"""Stripe, by its own SDK: PaymentIntents for single things, subscriptions for tiers.

It is told no name and no address, only our ids of what is paid for. Its keys of idempotency live for a day, and our
jobs give up well before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

from connect.enums import PaymentStatus, SubscriptionStatus, Tier
from connect.providers.base import Charge, Deal, Invoice, Order, ProviderDown, ProviderRefused

INTENTS = {"succeeded": PaymentStatus.SETTLED, "canceled": PaymentStatus.FAILED}
DEALS = {
    "incomplete": SubscriptionStatus.PENDING,
    "trialing": SubscriptionStatus.ACTIVE,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.PAST_DUE,
    "paused": SubscriptionStatus.PAST_DUE,
    "canceled": SubscriptionStatus.ENDED,
    "incomplete_expired": SubscriptionStatus.ENDED,
}
WITH_CHARGE = ["latest_charge"]
WITH_BILL = ["latest_invoice.confirmation_secret"]
SAID_NO = (stripe.CardError, stripe.InvalidRequestError)


class Stripe:
    """The provider that takes money."""

    takes_money = True

    def charge(self, order: Order) -> Charge:
        params = {
            "amount": order.amount,
            "currency": order.currency,
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"payment": str(order.key), "item": order.item},
            "expand": WITH_CHARGE,
        }
        with _asking() as api:
            return _charge(api.payment_intents.create(params, _once(str(order.key))))

    def read(self, reference: str) -> Charge:
        with _asking() as api:
            return _charge(api.payment_intents.retrieve(reference, {"expand": WITH_CHARGE}))

    def cancel(self, reference: str) -> Charge:
        try:
            with _asking() as api:
                api.payment_intents.cancel(reference, {}, _once(f"cancel:{reference}"))
        except ProviderRefused:  # paid at the last moment
            pass
        return self.read(reference)

    def refund(self, reference: str, *, key: UUID) -> Charge:
        charge = self.read(reference)
        if charge.status == PaymentStatus.REFUNDED:
            return charge
        with _asking() as api:
            api.refunds.create({"payment_intent": reference}, _once(f"refund:{key}"))
        return self.read(reference)

    def charges(self, since: datetime) -> Iterator[Charge]:
        created = {"gte": int(since.timestamp())}
        with _asking() as api:
            listed = api.payment_intents.list({"created": created, "limit": 100, "expand": ["data.latest_charge"]})
            for intent in listed.auto_paging_iter():
                yield _charge(intent)

    def subscribe(self, *, key: UUID, tier: Tier, now: datetime) -> Deal:
        with _asking() as api:
            ours = {"subscription": str(key)}
            customer = api.customers.create({"metadata": ours}, _once(f"customer:{key}"))
            params: Any = {
                "customer": customer.id,
                "items": [{"price": settings.STRIPE_PRICES[tier]}],
                "payment_behavior": "default_incomplete",
                "payment_settings": {"save_default_payment_method": "on_subscription"},
                "metadata": ours,
                "expand": WITH_BILL,
            }
            made = api.subscriptions.create(params, _once(str(key)))
            return _deal(made, _paid(api, made.id))

    def deal(self, reference: str, *, now: datetime) -> Deal:
        with _asking() as api:
            return _deal(api.subscriptions.retrieve(reference, {"expand": WITH_BILL}), _paid(api, reference))

    def change(self, deal: Deal, *, tier: Tier, charged: bool, key: str, now: datetime) -> Deal:
        with _asking() as api:
            ends = tier == Tier.FREE
            if ends != deal.ends:
                api.subscriptions.update(deal.reference, {"cancel_at_period_end": ends}, _once(f"ends:{key}"))
            if not ends and tier != deal.tier:
                self._reprice(api, deal.reference, tier, charged, key)
        return self.deal(deal.reference, now=now)

    def end(self, reference: str, *, now: datetime) -> Deal:
        try:
            with _asking() as api:
                api.subscriptions.cancel(reference, {}, _once(f"end:{reference}"))
        except ProviderRefused:  # it has ended by itself
            pass
        return self.deal(reference, now=now)

    def forget(self, customer: str) -> None:
        try:
            with _asking() as api:
                api.customers.delete(customer)
        except ProviderRefused:  # gone already
            pass

    def deals(self, *, now: datetime) -> Iterator[Deal]:
        with _asking() as api:
            listed = api.subscriptions.list({"status": "all", "limit": 100})
            for found in listed.auto_paging_iter():
                if DEALS[found.status] != SubscriptionStatus.ENDED:
                    yield _deal(found, ())

    def _reprice(self, api: Any, reference: str, tier: Tier, charged: bool, key: str) -> None:
        """A rise is paid for at once, and is not there before it is paid; a fall costs and returns nothing."""
        (item,) = api.subscriptions.retrieve(reference).to_dict()["items"]["data"]
        params: dict[str, Any] = {"items": [{"id": item["id"], "price": settings.STRIPE_PRICES[tier]}]}
        if charged:
            params |= {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
        else:
            params |= {"proration_behavior": "none"}
        api.subscriptions.update(reference, params, _once(f"tier:{key}"))


@contextmanager
def _asking() -> Iterator[Any]:
    try:
        yield _client(settings.STRIPE_KEY, settings.STRIPE_URL, settings.STRIPE_TIMEOUT).v1
    except SAID_NO as exc:
        raise ProviderRefused(_words(exc)) from exc
    except stripe.StripeError as exc:
        raise ProviderDown(_words(exc)) from exc


@lru_cache(maxsize=4)
def _client(key: str, url: str, timeout: int) -> stripe.StripeClient:
    """Without retries of its own: the jobs are the retries."""
    http = stripe.RequestsClient(timeout=timeout)
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=http, max_network_retries=0)


def _once(key: str) -> Any:
    return {"idempotency_key": key}


def _words(exc: stripe.StripeError) -> str:
    """Its kind and code; never its text, which may repeat what was sent."""
    return f"{type(exc).__name__} {exc.http_status or ''} {exc.code or ''}".strip()


def _charge(found: Any) -> Charge:
    intent = found.to_dict()
    status = INTENTS.get(intent["status"], PaymentStatus.PENDING)
    latest = intent.get("latest_charge")
    if status == PaymentStatus.SETTLED and isinstance(latest, dict) and latest["refunded"]:
        status = PaymentStatus.REFUNDED
    waits = status == PaymentStatus.PENDING
    return Charge(
        reference=intent["id"],
        order=_ours(intent, "payment"),
        status=status,
        amount=intent["amount"],
        currency=intent["currency"],
        client_secret=intent["client_secret"] if waits else "",
    )


def _deal(answer: Any, paid: tuple[Invoice, ...]) -> Deal:
    found = answer.to_dict()
    (item,) = found["items"]["data"]
    tiers = {price: Tier(tier) for tier, price in settings.STRIPE_PRICES.items()}
    if item["price"]["id"] not in tiers:
        raise ProviderRefused("A subscription to a price that is none of our tiers.")
    return Deal(
        reference=found["id"],
        order=_ours(found, "subscription"),
        customer=_id(found["customer"]),
        status=DEALS[found["status"]],
        tier=tiers[item["price"]["id"]],
        period_start=_moment(item["current_period_start"]),
        period_end=_moment(item["current_period_end"]),
        ends=bool(found["cancel_at_period_end"]),
        client_secret=_secret(found),
        paid=paid,
    )


def _paid(api: Any, reference: str) -> tuple[Invoice, ...]:
    listed = api.invoices.list({"subscription": reference, "status": "paid", "limit": 100})
    bills = (Invoice(bill["id"], bill["amount_paid"], bill["currency"]) for bill in listed.auto_paging_iter())
    return tuple(bill for bill in bills if bill.amount > 0)


def _secret(found: dict[str, Any]) -> str:
    """What the payer's device needs to pay the newest bill, while it is open."""
    bill = found.get("latest_invoice")
    if not isinstance(bill, dict) or bill["status"] != "open":
        return ""
    return str((bill.get("confirmation_secret") or {}).get("client_secret", ""))


def _ours(thing: dict[str, Any], name: str) -> UUID | None:
    try:
        return UUID(thing["metadata"][name])
    except (KeyError, ValueError):
        return None


def _id(thing: Any) -> str:
    return str(thing if isinstance(thing, str) else thing["id"])


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
