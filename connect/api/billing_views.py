"""Tiers, payments and credits."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden
from connect import prices, providers
from connect.api.paging import ListEndpoint
from connect.api.serializers.billing import BillingReply, CreditSerializer, PaymentSerializer, TierInput
from connect.enums import Item, Tier
from connect.models import CreditEntry, Payment, User
from connect.services import credits, subscriptions, webhooks
from safety.api import Endpoint, operation


class BillingView(Endpoint):
    """What one pays for, what one has, and what things cost."""

    restricted_allowed = suspended_allowed = True

    @operation(operation_id="billing_read", responses={200: BillingReply})
    def get(self, request: Request) -> Response:
        return Response(BillingReply(_billing_of(self.me)).data)


class SubscriptionView(Endpoint):
    """Asking for a tier. Whoever is kept out may still go back to free."""

    restricted_allowed = suspended_allowed = True
    idempotent = frozenset({"POST"})
    limits = {"POST": "subscription"}

    @operation(operation_id="billing_subscribe", request=TierInput, responses={202: BillingReply})
    def post(self, request: Request) -> Response:
        tier = Tier(self.given(TierInput).validated_data["tier"])
        person: Any = request.user
        if tier != Tier.FREE and person.is_suspended(self.now):
            raise Forbidden()
        subscriptions.request(user_id=self.me, tier=tier, now=self.now)
        return Response(BillingReply(_billing_of(self.me)).data, status=202)


class PaymentsView(ListEndpoint):
    """What one paid, newest first."""

    restricted_allowed = suspended_allowed = True

    @operation(operation_id="billing_payments", responses={200: PaymentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        own = Payment.objects.filter(user=self.me).with_status()
        return self.page(own.annotate(client_secret=F("job__client_secret")), PaymentSerializer)


class CreditsView(ListEndpoint):
    """One's credits as they came and went, newest first."""

    restricted_allowed = suspended_allowed = True

    @operation(operation_id="billing_credits", responses={200: CreditSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return self.page(CreditEntry.objects.filter(user=self.me), CreditSerializer)


class WebhookView(Endpoint):
    """For the provider alone: the header Stripe-Signature has to sign the body. What it tells of is read anew."""

    public = True
    limits = {"POST": "webhook"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The signature is over the bytes, which are there only until somebody parses them."""
        self.body = request._request.body
        super().initial(request, *args, **kwargs)

    @operation(operation_id="billing_webhook", request=OpenApiTypes.OBJECT, responses={200: None})
    def post(self, request: Request) -> Response:
        signature = request.headers.get("Stripe-Signature", "")
        webhooks.receive(body=self.body, signature=signature, now=self.now)
        return Response(status=200)


def _billing_of(user_id: UUID) -> dict[str, Any]:
    return {
        "tier": User.objects.values_list("tier", flat=True).get(id=user_id),
        "provider": settings.PAYMENT_PROVIDER,
        "takes_money": providers.by_name(settings.PAYMENT_PROVIDER).takes_money,
        "subscription": subscriptions.current(user_id),
        "credits": {"amount": credits.balance(user_id, settings.CURRENCY), "currency": settings.CURRENCY},
        "prices": [{"item": item, **vars(prices.of(item))} for item in Item if item != Item.SUBSCRIPTION],
        "tiers": [{"tier": tier, **vars(prices.of_tier(tier))} for tier in Tier],
    }
