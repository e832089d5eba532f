"""Other people, as far as they may be seen."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotYours
from connect.api.serializers.people import CardSerializer
from connect.queries import card
from safety.api import Endpoint, operation


class PersonView(Endpoint):
    """Another person, as far as a reveal or a connection opened them; otherwise they do not exist."""

    @operation(operation_id="people_read", responses={200: CardSerializer})
    def get(self, request: Request, person_id: UUID) -> Response:
        shown = card(self.me, [person_id], today=self.now.date()).get(person_id)
        if shown is None:
            raise NotYours()
        return Response(CardSerializer(shown).data)
