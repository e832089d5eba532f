"""Asking for help, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.services import reports
from config.api.pagination import Cursor
from config.api.serializers import PlainSerializer, StrictSerializer
from safety.api import Endpoint, operation
from safety.api.schema import MISSING
from safety.enums import ReportReason, ReportStatus
from safety.models import Report
from safety.services.notices import OUTCOMES

FILED: Mapping[str, Callable[..., Report]] = {
    "conversation_id": reports.about_conversation,
    "match_id": reports.about_match,
    "user_id": reports.about_person,
}


class ReportInput(StrictSerializer):
    """About one of them: a conversation, a match, or a person one sees."""

    conversation_id = serializers.UUIDField(required=False)
    match_id = serializers.UUIDField(required=False)
    user_id = serializers.UUIDField(required=False)
    reason = serializers.ChoiceField(ReportReason.choices)
    details = serializers.CharField(max_length=2000, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(FILED.keys() & attrs.keys()) != 1:
            message = "Give one of conversation_id, match_id and user_id."
            raise serializers.ValidationError(message, code="report_target")
        return attrs


class ReportSerializer(PlainSerializer):
    """One's own report: what it is about, as one named it, and what became of it in words."""

    id = serializers.UUIDField()
    subject_kind = serializers.ChoiceField(["conversation", "match", "face_match", "person"])
    subject_id = serializers.UUIDField()
    reason = serializers.ChoiceField(ReportReason.choices, source="reason_code")
    status = serializers.ChoiceField(ReportStatus.choices)
    outcome = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_outcome(self, report: Report) -> str:
        return OUTCOMES[ReportStatus(report.status)]


class ReportsView(Endpoint):
    """One's own reports, newest first, and filing one; the two are separated at once."""

    pagination_class = Cursor
    restricted_allowed = True
    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "report"}
    always: ClassVar = frozenset({"POST"})

    @operation(operation_id="reports_list", responses={200: ReportSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = Cursor()
        own = Report.objects.filter(reporter=self.me).unopened()
        page = paginator.paginate_queryset(own, request)
        return paginator.get_paginated_response(ReportSerializer(page, many=True).data)

    @operation(operation_id="reports_file", request=ReportInput, responses={201: ReportSerializer, 404: MISSING})
    def post(self, request: Request) -> Response:
        told = dict(self.given(ReportInput).validated_data)
        (target,) = FILED.keys() & told.keys()
        report = FILED[target](by=self.me, now=self.now, **told)
        return Response(ReportSerializer(report).data, status=201)
