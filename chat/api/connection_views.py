"""Whom a person is connected with."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat import connected
from config.api.pagination import Cursor
from connect.api.serializers.people import CardSerializer
from matching.api.connection_serializers import SHOWN
from matching.enums import ConnectionStatus, Origin, Server
from safety.api import Endpoint, operation
from safety.roles import as_service

STANDING = [(status.value, status.label) for status in SHOWN if status != ConnectionStatus.TERMINATED]


class ConnectionSerializer(serializers.Serializer[Any]):
    """`partner` is null, and there is a pseudonym alone, until the two are shown to each other."""

    id = serializers.UUIDField()
    origin = serializers.ChoiceField(Origin.choices)
    server = serializers.ChoiceField(Server.choices, allow_blank=True, help_text="Empty outside of discovery.")
    status = serializers.ChoiceField(STANDING)
    created_at = serializers.DateTimeField()
    conversation_id = serializers.UUIDField(allow_null=True)
    locked = serializers.BooleanField(help_text="Nothing can be said there yet.")
    pseudonym = serializers.CharField(allow_null=True, help_text="The other's.")
    partner = CardSerializer(allow_null=True)


class ConnectionsView(Endpoint):
    """One's connections, also archived ones, newest first."""

    pagination_class = Cursor

    @operation(operation_id="connections_list", responses={200: ConnectionSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = Cursor()
        with as_service():
            edges = paginator.paginate_queryset(connected.standing(self.me), request)
        found = connected.lines(self.me, edges, today=self.now.date())
        return paginator.get_paginated_response(ConnectionSerializer(found, many=True).data)
