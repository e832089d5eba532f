"""A prompt a day, an intent a week, and the points they bring."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.models.prompt import CODE
from config.api.pagination import Cursor
from config.api.serializers import PlainSerializer, StrictSerializer, VisibleField
from connect.queries import languages
from safety.api import Endpoint, operation
from safety.api.schema import MISSING
from streaks.enums import XpSource
from streaks.models import XpEntry
from streaks.models.ritual import ANSWER, INTENT
from streaks.services import intents, rituals, xp


class DailyPromptSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.SerializerMethodField()

    def get_text(self, prompt: Any) -> str:
        text: str = prompt.text_in(self.context["language"])
        return text


class TodaySerializer(serializers.Serializer[Any]):
    """`local_date` is today by the clock of the person's time zone."""

    local_date = serializers.DateField()
    prompt = DailyPromptSerializer()
    answer = serializers.CharField(source="answer.answer", default=None, allow_null=True)


class AnswerInput(StrictSerializer):
    """`prompt` is the code of the prompt of today."""

    prompt = serializers.CharField(max_length=CODE)
    answer = VisibleField(max_length=ANSWER)


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer without its words: a reply is kept for a day, and what one wrote is nobody's but one's own."""

    id = serializers.UUIDField()
    local_date = serializers.DateField()
    answered_at = serializers.DateTimeField()


class TodayView(Endpoint):
    """The prompt of today, for the person alone."""

    worded = frozenset({"GET"})

    @operation(operation_id="daily_prompts_today", responses={200: TodaySerializer, 404: MISSING})
    def get(self, request: Request) -> Response:
        found = rituals.today(by=self.me, now=self.now)
        language = self.accepted_language or languages([self.me])[self.me]
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return Response(TodaySerializer(found, context={"language": language}).data, headers=headers)


class AnswersView(Endpoint):
    """Answering the prompt of today; nobody else ever reads it."""

    idempotent = frozenset({"POST"})

    @operation(
        operation_id="daily_prompts_answer",
        request=AnswerInput,
        responses={201: AnswerSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        given = self.given(AnswerInput).validated_data
        kept = rituals.answer(by=self.me, prompt=given["prompt"], text=given["answer"], now=self.now)
        return Response(AnswerSerializer(kept).data, status=201)


class IntentInput(StrictSerializer):
    intent = VisibleField(max_length=INTENT)


class WeekSerializer(serializers.Serializer[Any]):
    """`week_start_date` is the Monday of this week by the clock of the person's time zone."""

    week_start_date = serializers.DateField()
    intent = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class WeeklyIntentView(Endpoint):
    """What one means to do this week, for oneself alone."""

    @operation(operation_id="weekly_intent_read", responses={200: WeekSerializer})
    def get(self, request: Request) -> Response:
        return Response(WeekSerializer(intents.this_week(by=self.me, now=self.now)).data)

    @operation(operation_id="weekly_intent_keep", request=IntentInput, responses={200: WeekSerializer})
    def post(self, request: Request) -> Response:
        given = self.given(IntentInput).validated_data
        return Response(WeekSerializer(intents.keep(by=self.me, intent=given["intent"], now=self.now)).data)


class XpEntrySerializer(PlainSerializer):
    id = serializers.UUIDField()
    xp_delta = serializers.IntegerField()
    source_type = serializers.ChoiceField(XpSource.choices)
    awarded_at = serializers.DateTimeField()


class Ledger(Cursor):
    """A page of entries under the balance of all."""

    def of(self, person: UUID, request: Request) -> Response:
        page = self.paginate_queryset(XpEntry.objects.filter(user=person), request)
        reply = self.get_paginated_response(XpEntrySerializer(page, many=True).data)
        reply.data = {"balance": xp.balance(person), **reply.data}
        return reply

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["required"] = ["balance", *described["required"]]
        described["properties"] = {"balance": {"type": "integer"}, **described["properties"]}
        return described


class XpView(Endpoint):
    """One's points, and what brought them, newest first."""

    pagination_class = Ledger

    @operation(operation_id="xp_list", responses={200: XpEntrySerializer(many=True)})
    def get(self, request: Request) -> Response:
        return Ledger().of(self.me, request)
