"""What a person pays, and has."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from connect.enums import CreditReason, Item, PaidBy, PaymentStatus, SubscriptionStatus, Tier


class TierInput(StrictSerializer):
    """The tier one wants: a higher one begins once it is paid, a lower one, or free, with the next period."""

    tier = serializers.ChoiceField(Tier.choices)


class PriceSerializer(serializers.Serializer[Any]):
    """In whole minor units of a lower-case ISO 4217 currency."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()


class ItemPriceSerializer(PriceSerializer):
    item = serializers.ChoiceField(Item.choices)


class TierPriceSerializer(PriceSerializer):
    tier = serializers.ChoiceField(Tier.choices)


class SubscriptionSerializer(serializers.Serializer[Any]):
    """`asked_for`: not yet told to the provider. `next_tier` begins when the period ends. `client_secret`: there is
    something to pay, with it, from one's own device.
    """

    id = serializers.UUIDField()
    tier = serializers.ChoiceField(Tier.choices)
    status = serializers.ChoiceField(SubscriptionStatus.choices)
    asked_for = serializers.SerializerMethodField()
    next_tier = serializers.SerializerMethodField()
    period_start = serializers.DateTimeField(allow_null=True)
    period_end = serializers.DateTimeField(allow_null=True)
    grace_until = serializers.DateTimeField(allow_null=True)
    client_secret = serializers.SerializerMethodField()

    def get_asked_for(self, held: Any) -> str | None:
        return held.wanted or None

    def get_next_tier(self, held: Any) -> str | None:
        return held.next_tier or None

    def get_client_secret(self, held: Any) -> str | None:
        return held.client_secret or None


class BillingReply(serializers.Serializer[Any]):
    """`takes_money` false: the provider is a sandbox, in which everybody has paid and nobody is charged."""

    tier = serializers.ChoiceField(Tier.choices)
    provider = serializers.ChoiceField(PaidBy.choices)
    takes_money = serializers.BooleanField()
    subscription = SubscriptionSerializer(allow_null=True)
    credits = PriceSerializer()
    prices = ItemPriceSerializer(many=True)
    tiers = TierPriceSerializer(many=True)


class PaymentSerializer(PlainSerializer):
    """`client_secret`: it waits for its payer, whose own device pays with it."""

    id = serializers.UUIDField()
    item = serializers.ChoiceField(Item.choices)
    subject_id = serializers.UUIDField()
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    provider = serializers.ChoiceField(PaidBy.choices)
    status = serializers.ChoiceField(PaymentStatus.choices, source="status_now")
    client_secret = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_client_secret(self, payment: Any) -> str | None:
        return payment.client_secret or None


class CreditSerializer(PlainSerializer):
    """Above zero what came, below what went."""

    id = serializers.UUIDField()
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    reason = serializers.ChoiceField(CreditReason.choices)
    at = serializers.DateTimeField()
