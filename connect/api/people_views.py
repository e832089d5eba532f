"""Other people, as far as they may be seen."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotYours
from connect.api.serializers.people import CardSerializer, PersonSerializer
from connect.api.serializers.photos import ShownPhotoSerializer
from connect.queries import card, photos
from safety.api import Endpoint, operation


class PersonView(Endpoint):
    """Another person, as far as a reveal or a connection opened them; otherwise they do not exist."""

    @operation(operation_id="people_read", responses={200: PersonSerializer})
    def get(self, request: Request, person_id: UUID) -> Response:
        shown = card(self.me, [person_id], today=self.now.date())
        pictures = photos(self.me, shown)
        if person_id not in shown:
            raise NotYours()
        told = CardSerializer(shown[person_id]).data
        of_them = ShownPhotoSerializer(pictures.get(person_id, []), many=True, context={"viewer": self.me})
        return Response({**told, "photos": of_them.data})
