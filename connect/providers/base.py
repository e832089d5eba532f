"""What every provider of payments does, and what it says of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from connect.enums import PaymentStatus, SubscriptionStatus, Tier


class ProviderRefused(Exception):
    """The provider understood, and said no: the same call again gets the same answer."""


class ProviderDown(Exception):
    """The provider was not reached, or did not answer properly: what became of the call is not known."""


@dataclass(frozen=True)
class Order:
    """Something to pay for. `key` is the same each time the same order is tried again."""

    key: UUID
    amount: int
    currency: str
    item: str


@dataclass(frozen=True)
class Charge:
    """What a provider says of one payment; `order` is the key it was made under, None if it is not one of ours.

    `client_secret` is there while the payer still has to do something.
    """

    reference: str
    order: UUID | None
    status: PaymentStatus
    amount: int
    currency: str
    client_secret: str = ""


@dataclass(frozen=True)
class Invoice:
    """A period's bill of a subscription that was paid, for `amount` above zero."""

    reference: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Deal:
    """What a provider says of one subscription; `order` as in a Charge, `ends` when it is not to be renewed."""

    reference: str
    order: UUID | None
    customer: str
    status: SubscriptionStatus
    tier: Tier
    period_start: datetime
    period_end: datetime
    ends: bool = False
    client_secret: str = ""
    paid: tuple[Invoice, ...] = field(default=())


class Provider(Protocol):
    """Each call raises ProviderRefused or ProviderDown. One that makes or changes something is safe to repeat."""

    takes_money: bool

    def charge(self, order: Order) -> Charge:
        """Begin a payment; the one there is, where it was begun before."""

    def read(self, reference: str) -> Charge: ...

    def cancel(self, reference: str) -> Charge:
        """End a payment that nobody made; what became of it, for it may have been made meanwhile."""

    def refund(self, reference: str, *, key: UUID) -> Charge: ...

    def charges(self, since: datetime) -> Iterable[Charge]:
        """All that were begun since."""

    def subscribe(self, *, key: UUID, tier: Tier, now: datetime) -> Deal:
        """Begin a subscription; the one there is, where it was begun before."""

    def deal(self, reference: str, *, now: datetime) -> Deal: ...

    def change(self, deal: Deal, *, tier: Tier, charged: bool, key: str, now: datetime) -> Deal:
        """Another tier from the next period on, or at once for the difference, where it is `charged`. Free: it is not
        renewed. The tier it has: it is renewed after all.
        """

    def end(self, reference: str, *, now: datetime) -> Deal:
        """End a subscription at once."""

    def forget(self, customer: str) -> None:
        """Delete what the provider holds of a customer, after ending what they subscribe to."""

    def deals(self, *, now: datetime) -> Iterable[Deal]:
        """All that have not ended, without their invoices."""
