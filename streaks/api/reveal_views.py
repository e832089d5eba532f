"""Recoveries and reveals over HTTP."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.api.pagination import Cursor
from safety.api import Endpoint, operation
from safety.api.schema import WRONG_STATE
from safety.roles import as_service
from streaks import reveal_queries
from streaks.api import reveal_serializers as s
from streaks.services import purchases, recovery_payments


class RecoverView(Endpoint):
    """Making up for the day one missed."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "purchase"}

    @operation(
        operation_id="streaks_recover",
        request=s.RecoverInput,
        responses={200: s.RecoverySerializer, 409: WRONG_STATE},
    )
    def post(self, request: Request, streak_id: UUID) -> Response:
        pay_with = self.given(s.RecoverInput).validated_data.get("pay_with")
        recovery = recovery_payments.recover(streak_id=streak_id, by=self.me, pay_with=pay_with, now=self.now)
        return Response(s.RecoverySerializer(recovery).data)


class ByNumber(Cursor):
    """The first reveal first."""

    order = ("number",)


class RevealsView(Endpoint):
    """One's own reveals of a streak. The other's are the other's."""

    pagination_class = ByNumber

    @operation(operation_id="streaks_reveals", responses={200: s.RevealSerializer(many=True)})
    def get(self, request: Request, streak_id: UUID) -> Response:
        paginator = ByNumber()
        page = paginator.paginate(request, lambda after, limit: reveal_queries.page(self.me, streak_id, after, limit))
        return paginator.get_paginated_response(s.RevealSerializer(page, many=True).data)


class PurchaseView(Endpoint):
    """Buying one of the first four reveals."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "purchase"}

    @operation(
        operation_id="streaks_reveals_purchase",
        request=s.PurchaseInput,
        responses={200: s.PurchaseSerializer, 409: WRONG_STATE},
    )
    def post(self, request: Request, streak_id: UUID, number: int) -> Response:
        pay_with = self.given(s.PurchaseInput).validated_data["pay_with"]
        payment = purchases.purchase(streak_id=streak_id, by=self.me, number=number, pay_with=pay_with, now=self.now)
        with as_service():
            status = payment.status
        made = {"payment_id": payment.id, "status": status, "amount": payment.amount, "currency": payment.currency}
        return Response(s.PurchaseSerializer(made).data)
