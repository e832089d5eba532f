"""What apps tell of their use."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from config.api.serializers import MomentField, StrictSerializer
from connect.events import EVENTS
from connect.services.analytics import Told


class EventInput(StrictSerializer):
    """One event, and the app's own id of the visit it belongs to; its properties depend on its name, none is text."""

    id = serializers.UUIDField()
    name = serializers.ChoiceField(list(EVENTS))
    occurred_at = MomentField()
    session_id = serializers.UUIDField(required=False, allow_null=True)
    properties = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        properties = EVENTS[attrs["name"]](data=attrs.get("properties", {}))
        if not properties.is_valid():
            raise serializers.ValidationError({"properties": properties.errors})
        return attrs | {"properties": dict(properties.validated_data)}


class EventsInput(StrictSerializer):
    """A batch, which is taken whole or not at all."""

    events = serializers.ListField(child=EventInput(), min_length=1, max_length=settings.ANALYTICS_BATCH)

    @property
    def told(self) -> list[Told]:
        return [
            Told(event["id"], event["name"], event["properties"], event["occurred_at"], event.get("session_id"))
            for event in self.validated_data["events"]
        ]


class EventsReply(serializers.Serializer[Any]):
    """How many were kept, and how many had been sent before."""

    stored = serializers.IntegerField()
    repeated = serializers.IntegerField()
