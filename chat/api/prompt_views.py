"""What two people could talk about."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.event_views import STAGES
from chat.services import prompts
from connect.queries import languages
from safety.api import Endpoint, operation
from safety.api.schema import WRONG_STATE


class PromptSerializer(serializers.Serializer[Any]):
    """A prompt in the reader's language; which topics it touches is not told."""

    code = serializers.CharField()
    text = serializers.SerializerMethodField()

    def get_text(self, prompt: Any) -> str:
        text: str = prompt.text_in(self.context["language"])
        return text


class OfferSerializer(serializers.Serializer[Any]):
    """`stage` rises with how much, and for how long, the two have talked."""

    stage = serializers.ChoiceField(STAGES, source="stage.code")
    prompts = PromptSerializer(many=True)


class PromptsView(Endpoint):
    """Prompts for the two of a conversation: the same for both, but for what is off one's own limits by now."""

    worded = frozenset({"GET"})

    @operation(operation_id="conversations_prompts", responses={200: OfferSerializer, 409: WRONG_STATE})
    def get(self, request: Request, conversation_id: UUID) -> Response:
        offer = prompts.offered(conversation_id=conversation_id, by=self.me)
        language = self.accepted_language or languages([self.me])[self.me]
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return Response(OfferSerializer(offer, context={"language": language}).data, headers=headers)
