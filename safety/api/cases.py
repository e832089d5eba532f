"""What was done about a person, as they see it, and their way to say that it was wrong."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.pagination import Cursor
from config.api.serializers import PlainSerializer, StrictSerializer
from safety.api.declared import operation
from safety.api.endpoint import Endpoint
from safety.api.schema import MISSING
from safety.enums import ActionKind, AppealStatus, ReportReason
from safety.models import Appeal, ModerationAction
from safety.services import appeals

APPEAL_LENGTH = 4000


class OfActionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(AppealStatus.choices)


class ActionSerializer(PlainSerializer):
    """What was done and why; who did it is not told. `expires_at` null: until it is taken back.

    `carried_over`: it was decided about another account that had the same address, number or sign-in.
    """

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ActionKind.choices)
    reason = serializers.ChoiceField(ReportReason.choices, source="reason_code")
    statement_of_reasons = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    carried_over = serializers.SerializerMethodField()
    in_force = serializers.SerializerMethodField()
    appealable = serializers.SerializerMethodField()
    appeal = serializers.SerializerMethodField()

    @property
    def _now(self) -> datetime:
        now: datetime = self.context["now"]
        return now

    def get_carried_over(self, action: ModerationAction) -> bool:
        return action.carried_from_id is not None

    def get_in_force(self, action: ModerationAction) -> bool:
        return action.is_live(self._now)

    @extend_schema_field(OfActionSerializer(allow_null=True))
    def get_appeal(self, action: ModerationAction) -> dict[str, Any] | None:
        made = action.its_appeal
        return {"id": made.id, "status": made.status} if made else None

    def get_appealable(self, action: ModerationAction) -> bool:
        return appeals.appealable(action, now=self._now)


class AppealInput(StrictSerializer):
    action_id = serializers.UUIDField()
    text = serializers.CharField(max_length=APPEAL_LENGTH)


class FiledSerializer(PlainSerializer):
    """An appeal without its text: a reply is kept for a day, and the text only under its own key."""

    id = serializers.UUIDField()
    action_id = serializers.UUIDField()
    status = serializers.ChoiceField(AppealStatus.choices)
    decision = serializers.CharField(source="decision_text", allow_blank=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class AppealSerializer(FiledSerializer):
    """One's own appeal, what one wrote and what was decided."""

    text = serializers.SerializerMethodField()

    def get_text(self, appeal: Appeal) -> str:
        return appeals.text_of(appeal)


class ActionsView(Endpoint):
    """What moderators did about the caller, newest first; open also to those who are kept out."""

    pagination_class = Cursor
    restricted_allowed = suspended_allowed = True

    @operation(operation_id="moderation_actions_list", responses={200: ActionSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = Cursor()
        own = ModerationAction.objects.against(self.me).with_appeal()
        page = paginator.paginate_queryset(own, request)
        shown = ActionSerializer(page, many=True, context={"now": self.now})
        return paginator.get_paginated_response(shown.data)


class AppealsView(Endpoint):
    """The caller's appeals, newest first, and making one; each action can be appealed once."""

    pagination_class = Cursor
    restricted_allowed = suspended_allowed = True
    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "appeal"}

    @operation(operation_id="appeals_list", responses={200: AppealSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = Cursor()
        page = paginator.paginate_queryset(Appeal.objects.filter(appellant=self.me), request)
        return paginator.get_paginated_response(AppealSerializer(page, many=True).data)

    @operation(operation_id="appeals_file", request=AppealInput, responses={201: FiledSerializer, 404: MISSING})
    def post(self, request: Request) -> Response:
        given = self.given(AppealInput).validated_data
        appeal = appeals.file(action=given["action_id"], by=self.me, text=given["text"], now=self.now)
        return Response(FiledSerializer(appeal).data, status=201)


class AppealView(Endpoint):
    """Taking an appeal back while it is open."""

    restricted_allowed = suspended_allowed = True

    @operation(operation_id="appeals_withdraw", responses={204: None})
    def delete(self, request: Request, appeal_id: UUID) -> Response:
        appeals.withdraw(appeal=appeal_id, by=self.me, now=self.now)
        return Response(status=204)
