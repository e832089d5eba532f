"""The embedded provider: it takes nobody's money, settles everything at once, and says so.

Its books are files under `var/payments`, apart from our own, so that comparing the two means something here too.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from connect import prices
from connect.enums import PaymentStatus, SubscriptionStatus, Tier
from connect.providers.base import Charge, Deal, Invoice, Order, ProviderRefused

PERIOD = timedelta(days=30)
LIVE = {SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE}


class Sandbox:
    """A provider whose every payer pays."""

    takes_money = False

    def charge(self, order: Order) -> Charge:
        with _book(f"charge_{order.key}") as book:
            if not book:
                made = Charge(book.name, order.key, PaymentStatus.SETTLED, order.amount, order.currency)
                book.write(asdict(made))
            return _charge(book.content)

    def read(self, reference: str) -> Charge:
        with _book(reference) as book:
            return _charge(book.known())

    def cancel(self, reference: str) -> Charge:
        return self._settle_as(reference, PaymentStatus.FAILED, PaymentStatus.PENDING)

    def refund(self, reference: str, *, key: UUID) -> Charge:
        return self._settle_as(reference, PaymentStatus.REFUNDED, PaymentStatus.SETTLED)

    def charges(self, since: datetime) -> Iterator[Charge]:
        for path in _all("charge_"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= since:
                yield self.read(path.stem)

    def subscribe(self, *, key: UUID, tier: Tier, now: datetime) -> Deal:
        with _book(f"deal_{key}") as book:
            if not book:
                bill = _bill(book.name, 1, tier)
                made = Deal(
                    book.name, key, f"payer_{key}", SubscriptionStatus.ACTIVE, tier, now, now + PERIOD, paid=(bill,)
                )
                book.write(asdict(made))
            return _renewed(_deal(book.content), now)

    def deal(self, reference: str, *, now: datetime) -> Deal:
        return self._change(reference, lambda deal: deal, now)

    def change(self, deal: Deal, *, tier: Tier, charged: bool, key: str, now: datetime) -> Deal:
        def apply(held: Deal) -> Deal:
            if tier == Tier.FREE:
                return replace(held, ends=True)
            return replace(held, tier=tier, ends=False, paid=_with_difference(held, tier, charged, key))

        return self._change(deal.reference, apply, now)

    def end(self, reference: str, *, now: datetime) -> Deal:
        return self._change(reference, lambda deal: replace(deal, status=SubscriptionStatus.ENDED), now)

    def forget(self, customer: str) -> None:
        for path in _all("deal_"):
            with _book(path.stem) as book:
                if book and book.content["customer"] == customer:
                    book.write(book.content | {"status": SubscriptionStatus.ENDED, "customer": ""})

    def deals(self, *, now: datetime) -> Iterator[Deal]:
        for path in _all("deal_"):
            deal = self.deal(path.stem, now=now)
            if deal.status in LIVE:
                yield deal

    def _settle_as(self, reference: str, status: PaymentStatus, after: PaymentStatus) -> Charge:
        with _book(reference) as book:
            if book.known()["status"] == after:
                book.write(book.content | {"status": status})
            return _charge(book.content)

    def _change(self, reference: str, apply: Callable[[Deal], Deal], now: datetime) -> Deal:
        with _book(reference) as book:
            before = _renewed(_deal(book.known()), now)
            after = apply(before) if before.status in LIVE else before
            book.write(asdict(after))
            return after


class _Book:
    """One file, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.path = path
        self.content: dict[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {}

    def __bool__(self) -> bool:
        return bool(self.content)

    def known(self) -> dict[str, Any]:
        if not self:
            raise ProviderRefused(f"The sandbox knows no {self.name}.")
        return self.content

    def write(self, content: dict[str, Any]) -> None:
        """Whole or not at all, whenever it is killed."""
        written = self.path.with_suffix(".new")
        written.write_bytes(orjson.dumps(content))
        written.replace(self.path)
        self.content = orjson.loads(orjson.dumps(content))


@contextmanager
def _book(name: str) -> Iterator[_Book]:
    folder = Path(settings.SANDBOX_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _Book(folder / f"{name}.json")


def _all(prefix: str) -> list[Path]:
    return sorted(Path(settings.SANDBOX_PATH).glob(f"{prefix}*.json"))


def _charge(content: dict[str, Any]) -> Charge:
    own = {"order": UUID(content["order"]), "status": PaymentStatus(content["status"])}
    return Charge(**content | own)


def _deal(content: dict[str, Any]) -> Deal:
    own = {
        "order": UUID(content["order"]),
        "status": SubscriptionStatus(content["status"]),
        "tier": Tier(content["tier"]),
        "period_start": datetime.fromisoformat(content["period_start"]),
        "period_end": datetime.fromisoformat(content["period_end"]),
        "paid": tuple(Invoice(**bill) for bill in content["paid"]),
    }
    return Deal(**content | own)


def _renewed(deal: Deal, now: datetime) -> Deal:
    """What the clock made of it: it ends, or goes on with another bill for each period that began."""
    while deal.status in LIVE and deal.period_end <= now:
        if deal.ends:
            return replace(deal, status=SubscriptionStatus.ENDED)
        start, bill = deal.period_end, _bill(deal.reference, len(deal.paid) + 1, deal.tier)
        deal = replace(deal, period_start=start, period_end=start + PERIOD, paid=(*deal.paid, bill))
    return deal


def _bill(reference: str, number: int, tier: Tier) -> Invoice:
    price = prices.of_tier(tier)
    return Invoice(f"{reference}_{number}", price.amount, price.currency)


def _with_difference(held: Deal, tier: Tier, charged: bool, key: str) -> tuple[Invoice, ...]:
    """What a rise costs for the rest of the period: here, the whole of the difference, once a key."""
    reference = f"{held.reference}_{key}"
    known = any(bill.reference == reference for bill in held.paid)
    new, old = prices.of_tier(tier), prices.of_tier(held.tier)
    if not charged or known or new.amount <= old.amount:
        return held.paid
    return (*held.paid, Invoice(reference, new.amount - old.amount, new.currency))
