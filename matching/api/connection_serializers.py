"""What the calls of interests and connections take and give."""

from typing import Any

from rest_framework import serializers

from matching.enums import ConnectionStatus, InterestStatus, Server
from matching.models import Connection, Interest
from matching.services.connections import shown_status

# Whether a block or a person ended it does not show.
SHOWN = [ConnectionStatus.ACTIVE, ConnectionStatus.ARCHIVED, ConnectionStatus.TERMINATED]


class InterestSerializer(serializers.ModelSerializer[Interest]):
    """An interest one sent; of the other no more than the card it was sent on shows."""

    card_id = serializers.UUIDField(source="card", allow_null=True)
    server = serializers.ChoiceField(Server.choices)
    status = serializers.ChoiceField(InterestStatus.choices)

    class Meta:
        model = Interest
        fields = ("id", "card_id", "server", "status", "created_at", "decided_at")
        read_only_fields = fields


class ConnectionStateSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.SerializerMethodField()

    def get_status(self, connection: Connection) -> ConnectionStatus:
        return shown_status(connection)
