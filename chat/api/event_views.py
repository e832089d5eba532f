"""The timeline of a connection, and what the two write into it themselves."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.enums import Stage
from chat.models.prompt import CODE
from chat.services import starters
from config.api.serializers import MomentField, StrictSerializer
from config.errors import NotYours
from connect.api.paging import ListEndpoint
from matching.enums import ConnectionEventType
from matching.models import Connection, ConnectionEvent
from matching.services import schedules
from safety.api import operation

STAGES = [(stage.code, stage.label) for stage in Stage]
NEEDED = {
    ConnectionEventType.SCHEDULED_CHAT.value: "scheduled_for",
    ConnectionEventType.STARTER_COMPLETED.value: "prompt",
}
"""What a person may write, and what has to be said with it; the rest writes itself."""


class ConnectionEventSerializer(serializers.Serializer[Any]):
    """`scheduled_for` is there when two mean to talk, `prompt` and `stage` when they took up a starter."""

    id = serializers.UUIDField()
    event_type = serializers.ChoiceField(ConnectionEventType.choices)
    scheduled_for = serializers.SerializerMethodField()
    prompt = serializers.CharField(source="payload.prompt", default=None, allow_null=True, help_text="Its code.")
    stage = serializers.ChoiceField(STAGES, source="payload.stage", default=None, allow_null=True)
    created_at = serializers.DateTimeField()

    def get_scheduled_for(self, event: ConnectionEvent) -> str | None:
        moment: str | None = event.payload.get("at")
        return moment


class ConnectionEventInput(StrictSerializer):
    """`scheduled_chat` with `scheduled_for`, or `starter_completed` with the code of a `prompt` the two are shown."""

    event_type = serializers.ChoiceField(list(NEEDED))
    scheduled_for = MomentField(required=False)
    prompt = serializers.CharField(max_length=CODE, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = NEEDED[attrs["event_type"]]
        if needed not in attrs:
            raise serializers.ValidationError({needed: "This event needs it."}, code="required")
        if strange := set(attrs) - {"event_type", needed}:
            raise serializers.ValidationError(dict.fromkeys(strange, "Not of this event."), code="unknown_field")
        return attrs


class EventsView(ListEndpoint):
    """The timeline of a connection, newest first; noting a time to talk, or a starter that was taken up."""

    @operation(operation_id="connections_events_list", responses={200: ConnectionEventSerializer(many=True)})
    def get(self, request: Request, connection_id: UUID) -> Response:
        if not Connection.objects.of(self.me).filter(id=connection_id).exists():
            raise NotYours()
        return self.page(ConnectionEvent.objects.filter(connection=connection_id), ConnectionEventSerializer)

    @operation(
        operation_id="connections_events_write",
        request=ConnectionEventInput,
        responses={201: ConnectionEventSerializer},
    )
    def post(self, request: Request, connection_id: UUID) -> Response:
        given = self.given(ConnectionEventInput).validated_data
        about: dict[str, Any] = {"connection_id": connection_id, "by": self.me, "now": self.now}
        if "prompt" in given:
            event = starters.complete(prompt=given["prompt"], **about)
        else:
            event = schedules.schedule_chat(at=given["scheduled_for"], **about)
        return Response(ConnectionEventSerializer(event).data, status=201)
