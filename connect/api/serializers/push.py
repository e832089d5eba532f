"""Where a browser is told."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.services.push_devices import Subscription


class PushKeysInput(StrictSerializer):
    p256dh = serializers.CharField(max_length=120)
    auth = serializers.CharField(max_length=40)


class PushDeviceInput(StrictSerializer):
    """What a browser gives as `PushSubscription.toJSON()`; when it ends is of no use and may be left out."""

    endpoint = serializers.CharField(max_length=1000)
    keys = PushKeysInput()
    expirationTime = serializers.FloatField(allow_null=True, required=False)

    @property
    def subscription(self) -> Subscription:
        given = self.validated_data
        return Subscription(endpoint=given["endpoint"], **given["keys"])


class PushDeviceSerializer(serializers.Serializer[Any]):
    """The id to take it back by."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
