"""The calls of /api/connections/* about the other of the two."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from connect.queries import languages
from matching.api.serializers import PersonalitySummarySerializer
from matching.services import partners
from safety.api import Endpoint, operation


class PersonalitySummaryView(Endpoint):
    """A few sentences about the personality of whom one is connected to, if they allow it."""

    worded = frozenset({"GET"})

    @operation(operation_id="connections_personality_summary", responses={200: PersonalitySummarySerializer})
    def get(self, request: Request, connection_id: UUID) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        summary = partners.personality_summary(connection_id=connection_id, by=self.me, language=language, now=self.now)
        headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        return Response(PersonalitySummarySerializer({"summary": summary}).data, headers=headers)
