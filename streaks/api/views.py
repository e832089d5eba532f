"""Streaks over HTTP."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.api.pagination import Cursor
from safety.api import Endpoint, operation
from safety.api.schema import WRONG_STATE
from streaks import queries
from streaks.api import serializers as s
from streaks.services import check_ins, nudge_payments


class StreaksView(Endpoint):
    """One's own streaks of connections that stand, newest first."""

    pagination_class = Cursor

    @operation(operation_id="streaks_list", responses={200: s.StreakSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = Cursor()
        page = paginator.paginate(
            request, lambda after, limit: queries.listed_page(self.me, after, limit, now=self.now)
        )
        return paginator.get_paginated_response(s.StreakSerializer(page, many=True, context={"viewer": self.me}).data)


class StreakView(Endpoint):
    """One streak."""

    @operation(operation_id="streaks_retrieve", responses={200: s.StreakSerializer})
    def get(self, request: Request, streak_id: UUID) -> Response:
        found = queries.mine(self.me, streak_id, now=self.now)
        return Response(s.StreakSerializer(found, context={"viewer": self.me}).data)


class CheckInView(Endpoint):
    """Checking in today."""

    idempotent = frozenset({"POST"})

    @operation(
        operation_id="streaks_check_in",
        request=s.CheckInSerializer,
        responses={200: s.StreakSerializer, 409: WRONG_STATE},
    )
    def post(self, request: Request, streak_id: UUID) -> Response:
        given = self.given(s.CheckInSerializer).validated_data
        streak = check_ins.check_in(streak_id=streak_id, by=self.me, now=self.now, **given)
        return Response(s.StreakSerializer(streak, context={"viewer": self.me}).data)


class NudgeView(Endpoint):
    """Reminding the other, while the day is at risk: as often as the tier allows, and a few times more for money."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "nudge"}

    @operation(
        operation_id="streaks_nudge",
        request=s.NudgeInput,
        responses={201: s.NudgeSerializer, 409: WRONG_STATE},
    )
    def post(self, request: Request, streak_id: UUID) -> Response:
        pay_with = self.given(s.NudgeInput).validated_data.get("pay_with")
        nudge = nudge_payments.nudge(streak_id=streak_id, by=self.me, pay_with=pay_with, now=self.now)
        return Response(s.NudgeSerializer(nudge).data, status=201)
