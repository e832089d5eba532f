"""What things cost: whole minor units of one currency, from the settings."""

from dataclasses import dataclass

from django.conf import settings

from config.errors import Invalid
from connect.enums import Item, Tier


@dataclass(frozen=True)
class Price:
    """`amount` in minor units (cents) of `currency`, a lower-case ISO 4217 code."""

    amount: int
    currency: str


def of(item: Item) -> Price:
    """What one of these costs. Raises Invalid for a subscription, whose price is its tier's."""
    if item == Item.SUBSCRIPTION:
        raise Invalid("A subscription is priced by its tier.", code="not_sold_singly")
    return Price(settings.PRICES[item], settings.CURRENCY)


def of_tier(tier: Tier) -> Price:
    """What a period of a tier costs; nothing for the free one."""
    return Price(settings.TIER_PRICES.get(tier, 0), settings.CURRENCY)
