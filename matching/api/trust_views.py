"""How a talk was, and how far somebody is trusted."""

from typing import ClassVar
from uuid import UUID

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from connect.queries import languages
from matching import queries_of_trust
from matching.api import trust_serializers as s
from matching.services import reflections
from matching.services.reflections import Impression
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class ReflectionsView(Endpoint):
    """Saying how a live talk was, once it is over; the other never learns of it."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "reflection"}

    @operation(
        operation_id="meet_reflections_give",
        request=s.ReflectSerializer,
        responses={201: s.ReflectionSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        given = dict(self.given(s.ReflectSerializer).validated_data)
        match_id = given.pop("match_id")
        reflection = reflections.give(match_id=match_id, by=self.me, impression=Impression(**given), now=self.now)
        return Response(s.ReflectionSerializer(reflection).data, status=201)


class TrustView(Endpoint):
    """One's own trust with reasons, or the band of somebody one is connected to."""

    limits: ClassVar = {"GET": "read"}
    worded = frozenset({"GET"})

    @operation(operation_id="trust_score_read", responses={200: s.TrustSerializer})
    def get(self, request: Request, user_id: UUID) -> Response:
        if user_id != self.me:
            found = queries_of_trust.of_connection(user_id, viewer=self.me)
            return Response(s.TrustSerializer(found).data, headers={"Cache-Control": "no-store"})
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            found = queries_of_trust.own(self.me)
        headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        return Response(s.TrustSerializer(found).data, headers=headers)
