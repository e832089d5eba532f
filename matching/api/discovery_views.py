"""Discovery: servers, batches of cards, filters, and what one does with a card."""

from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from connect.queries import languages
from matching import queries_of_discovery as queries
from matching.api import discovery_serializers as s
from matching.enums import Server
from matching.services import batches, cards, discovery_filters
from matching.services.cards import Given
from safety.api import Endpoint, operation
from safety.api.schema import WRONG_STATE


class WordedEndpoint(Endpoint):
    """An Endpoint that answers a batch in the reader's language."""

    def told(self, given: Given) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            data = s.batch(given)
        return Response(data, headers={"Content-Language": language, "Vary": "Accept-Language"})


class ServersView(Endpoint):
    """Each server with what there is for the caller, what keeps them out, and when they may have new cards."""

    @operation(operation_id="discovery_servers", responses={200: s.ServersSerializer})
    def get(self, request: Request) -> Response:
        user: Any = request.user
        found = [asdict(state) for state in queries.servers(user, self.now)]
        return Response(s.ServersSerializer({"servers": found}).data)


class BatchView(WordedEndpoint):
    """The caller's cards in a server, the same ones until they ask for new."""

    worded = frozenset({"GET"})

    @operation(operation_id="discovery_batch", responses={200: s.BatchSerializer, 409: WRONG_STATE})
    def get(self, request: Request, server: Server) -> Response:
        return self.told(cards.live(by=self.me, server=server, now=self.now))


class RefreshView(WordedEndpoint):
    """New cards in place of those there are. The first of each server are free; after that one timer runs for all."""

    idempotent = frozenset({"POST"})
    worded = frozenset({"POST"})
    limits: ClassVar = {"POST": "discovery"}

    @operation(operation_id="discovery_refresh", request=None, responses={200: s.BatchSerializer})
    def post(self, request: Request, server: Server) -> Response:
        batches.refresh(by=self.me, server=server, now=self.now)
        return self.told(cards.live(by=self.me, server=server, now=self.now))


class FiltersView(Endpoint):
    """Whom the caller looks for in a server, from the next refresh on."""

    @operation(operation_id="discovery_filters", responses={200: s.FilterSerializer})
    def get(self, request: Request, server: Server) -> Response:
        return Response(s.filters(discovery_filters.current(self.me, server)))

    @operation(operation_id="discovery_filters_set", request=s.FilterSerializer, responses={200: s.FilterSerializer})
    def put(self, request: Request, server: Server) -> Response:
        wanted = self.given(s.FilterSerializer).wanted
        saved = discovery_filters.save(user_id=self.me, server=server, wanted=wanted, now=self.now)
        return Response(s.filters(saved))


class PassView(Endpoint):
    """Putting a card aside; its person is not shown again for a while, and learns nothing."""

    @operation(operation_id="discovery_pass", request=None, responses={200: s.CardStateSerializer})
    def post(self, request: Request, card_id: UUID) -> Response:
        return Response(s.CardStateSerializer(cards.pass_over(card_id=card_id, by=self.me, now=self.now)).data)
