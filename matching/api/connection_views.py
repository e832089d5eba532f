"""Interests one sent, and what one does with a connection."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.paging import ListEndpoint
from connect.queries import languages
from matching.api import connection_serializers as s
from matching.api.discovery_serializers import ExpressedSerializer, ExpressSerializer
from matching.api.serializers import PersonalitySummarySerializer
from matching.models import Interest
from matching.services import cards, connections, interests, partners
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class InterestsView(ListEndpoint):
    """What one sent, newest first, and being interested in whom a card shows; they learn of it only if they are too.

    What others feel about one shows nowhere.
    """

    idempotent = frozenset({"POST"})

    @operation(operation_id="interests_list", responses={200: s.InterestSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return self.page(Interest.objects.filter(sender=self.me), s.InterestSerializer)

    @operation(
        operation_id="interests_express",
        request=ExpressSerializer,
        responses={201: ExpressedSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        card_id = self.given(ExpressSerializer).validated_data["card_id"]
        interest, connection = cards.answer(card_id=card_id, by=self.me, now=self.now)
        return Response(ExpressedSerializer({"interest": interest, "connection": connection}).data, status=201)


class InterestView(Endpoint):
    """Taking an interest back."""

    limits: ClassVar = {"DELETE": "leave"}

    @operation(operation_id="interests_withdraw", responses={204: None})
    def delete(self, request: Request, interest_id: UUID) -> Response:
        interests.withdraw(interest_id=interest_id, by=self.me, now=self.now)
        return Response(status=204)


class ArchiveView(Endpoint):
    """Putting a connection away; it keeps its place."""

    idempotent = frozenset({"POST"})

    @operation(operation_id="connections_archive", request=None, responses={200: s.ConnectionStateSerializer})
    def post(self, request: Request, connection_id: UUID) -> Response:
        archived = connections.archive(connection_id=connection_id, by=self.me, now=self.now)
        return Response(s.ConnectionStateSerializer(archived).data)


class UnarchiveView(Endpoint):
    """Taking a connection up again, while there is room for it."""

    idempotent = frozenset({"POST"})

    @operation(operation_id="connections_unarchive", request=None, responses={200: s.ConnectionStateSerializer})
    def post(self, request: Request, connection_id: UUID) -> Response:
        active = connections.unarchive(connection_id=connection_id, by=self.me, now=self.now)
        return Response(s.ConnectionStateSerializer(active).data)


class TerminateView(Endpoint):
    """Ending a connection for both; the other side sees that it ended, no more."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "leave"}

    @operation(operation_id="connections_terminate", request=None, responses={200: s.ConnectionStateSerializer})
    def post(self, request: Request, connection_id: UUID) -> Response:
        ended = connections.terminate(connection_id=connection_id, by=self.me, now=self.now)
        return Response(s.ConnectionStateSerializer(ended).data)


class PersonalitySummaryView(Endpoint):
    """A few sentences about the personality of whom one is connected to, if they allow it."""

    worded = frozenset({"GET"})

    @operation(operation_id="connections_personality_summary", responses={200: PersonalitySummarySerializer})
    def get(self, request: Request, connection_id: UUID) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        summary = partners.personality_summary(connection_id=connection_id, by=self.me, language=language, now=self.now)
        headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        return Response(PersonalitySummarySerializer({"summary": summary}).data, headers=headers)
