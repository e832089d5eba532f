"""What apps tell of their use."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.events import EVENTS
from connect.services.analytics import Told


class EventInput(StrictSerializer):
    """One event; what its properties are depends on its name, and none of them is text."""

    id = serializers.UUIDField()
    name = serializers.ChoiceField(list(EVENTS))
    occurred_at = serializers.DateTimeField()
    properties = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        properties = EVENTS[attrs["name"]](data=attrs.get("properties", {}))
        if not properties.is_valid():
            raise serializers.ValidationError({"properties": properties.errors})
        return attrs | {"properties": dict(properties.validated_data)}


class EventsInput(StrictSerializer):
    """A batch, and the app's own id of the visit it belongs to. A batch is taken whole or not at all."""

    session_id = serializers.UUIDField(required=False, allow_null=True)
    events = serializers.ListField(child=EventInput(), min_length=1, max_length=settings.ANALYTICS_BATCH)

    @property
    def told(self) -> list[Told]:
        return [
            Told(event["id"], event["name"], event["properties"], event["occurred_at"])
            for event in self.validated_data["events"]
        ]


class EventsReply(serializers.Serializer[Any]):
    """How many were kept, and how many had been sent before."""

    stored = serializers.IntegerField()
    repeated = serializers.IntegerField()
