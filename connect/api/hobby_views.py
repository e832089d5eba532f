"""One's own hobbies, and what there is to choose from."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.serializers.hobbies import HobbiesReply, HobbyInput, HobbyOptionsReply, HobbySerializer
from connect.models import Hobby, HobbyOption
from connect.queries import languages
from connect.services import hobbies
from safety.api import Endpoint, operation


class WordedEndpoint(Endpoint):
    """Replies with names in the language of who asks."""

    def worded_reply(self, shown: Callable[[], Any], status: int = 200) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            data = shown()
        return Response(data, status=status, headers={"Content-Language": language, "Vary": "Accept-Language"})


class HobbyOptionsView(WordedEndpoint):
    """Every hobby there is to choose."""

    worded = frozenset({"GET"})

    @operation(operation_id="hobby_options_list", responses={200: HobbyOptionsReply})
    def get(self, request: Request) -> Response:
        offered = HobbyOption.objects.active()
        return self.worded_reply(lambda: HobbyOptionsReply({"hobby_options": offered}).data)


class HobbiesView(WordedEndpoint):
    """One's own hobbies."""

    worded = frozenset({"GET", "POST"})

    @operation(operation_id="hobbies_list", responses={200: HobbiesReply})
    def get(self, request: Request) -> Response:
        return self.worded_reply(lambda: HobbiesReply({"hobbies": Hobby.objects.of(self.me)}).data)

    @operation(operation_id="hobbies_save", request=HobbyInput, responses={200: HobbySerializer})
    def post(self, request: Request) -> Response:
        given = self.given(HobbyInput).validated_data
        hobby = hobbies.save(user_id=self.me, code=given["option"], description=given["description"], now=self.now)
        return self.worded_reply(lambda: HobbySerializer(hobby).data)


class HobbyView(Endpoint):
    """One hobby of one's own."""

    @operation(operation_id="hobbies_delete", responses={204: None})
    def delete(self, request: Request, hobby_id: UUID) -> Response:
        hobbies.remove(user_id=self.me, hobby_id=hobby_id, now=self.now)
        return Response(status=204)
