"""One's own answers that matching reads; a PUT replaces the whole set."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotYours
from connect import readiness
from connect.api.serializers.preferences import (
    InterestsSerializer,
    NonNegotiablesSerializer,
    OffLimitsSerializer,
    PreferencesSerializer,
    ReadinessInput,
    ReadinessSerializer,
    ValuesSerializer,
)
from connect.models import (
    InterestScore,
    NonNegotiable,
    OffLimitsTopic,
    PreferenceSettings,
    ReadinessAnswer,
    ValueScore,
)
from connect.services import preferences
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class PreferencesView(Endpoint):
    """How a person likes to be in touch; 404 until it was answered."""

    @operation(operation_id="preferences_read", responses={200: PreferencesSerializer, 404: MISSING})
    def get(self, request: Request) -> Response:
        own = PreferenceSettings.objects.filter(user=self.me).first()
        if own is None:
            raise NotYours()
        return Response(PreferencesSerializer(own).data)

    @operation(
        operation_id="preferences_replace",
        request=PreferencesSerializer,
        responses={200: PreferencesSerializer},
    )
    def put(self, request: Request) -> Response:
        chosen = self.given(PreferencesSerializer).validated_data
        own = preferences.save_settings(user_id=self.me, chosen=chosen, now=self.now)
        return Response(PreferencesSerializer(own).data)


class ValuesView(Endpoint):
    """How much each value matters to a person."""

    @operation(operation_id="values_read", responses={200: ValuesSerializer})
    def get(self, request: Request) -> Response:
        return Response({"scores": _numbers(ValueScore, self.me, "value_key", "score")})

    @operation(operation_id="values_replace", request=ValuesSerializer, responses={200: ValuesSerializer})
    def put(self, request: Request) -> Response:
        serializer = self.given(ValuesSerializer)
        scores = serializer.validated_data["scores"]
        preferences.save_values(user_id=self.me, scores=scores, now=self.now)
        return Response({"scores": scores})


class InterestsView(Endpoint):
    """How much each interest draws a person."""

    @operation(operation_id="interests_profile_read", responses={200: InterestsSerializer})
    def get(self, request: Request) -> Response:
        return Response({"scores": _numbers(InterestScore, self.me, "interest_key", "score")})

    @operation(
        operation_id="interests_profile_replace",
        request=InterestsSerializer,
        responses={200: InterestsSerializer},
    )
    def put(self, request: Request) -> Response:
        serializer = self.given(InterestsSerializer)
        scores = serializer.validated_data["scores"]
        preferences.save_interests(user_id=self.me, scores=scores, now=self.now)
        return Response({"scores": scores})


class OffLimitsView(Endpoint):
    """What a person does not want to meet."""

    @operation(operation_id="off_limits_read", responses={200: OffLimitsSerializer})
    def get(self, request: Request) -> Response:
        own = OffLimitsTopic.objects.filter(user=self.me).order_by("topic_key")
        return Response({"topics": list(own.values_list("topic_key", flat=True))})

    @operation(operation_id="off_limits_replace", request=OffLimitsSerializer, responses={200: OffLimitsSerializer})
    def put(self, request: Request) -> Response:
        serializer = self.given(OffLimitsSerializer)
        topics = serializer.validated_data["topics"]
        preferences.save_off_limits(user_id=self.me, topics=topics, now=self.now)
        return Response({"topics": topics})


class NonNegotiablesView(Endpoint):
    """The three things that matter most to a person."""

    @operation(operation_id="non_negotiables_read", responses={200: NonNegotiablesSerializer})
    def get(self, request: Request) -> Response:
        return self._own(request)

    @operation(
        operation_id="non_negotiables_replace",
        request=NonNegotiablesSerializer,
        responses={200: NonNegotiablesSerializer},
    )
    def put(self, request: Request) -> Response:
        serializer = self.given(NonNegotiablesSerializer)
        essentials = serializer.essentials
        preferences.save_non_negotiables(user_id=self.me, essentials=essentials, now=self.now)
        return self._own(request)

    def _own(self, request: Request) -> Response:
        own = NonNegotiable.objects.filter(user=self.me).order_by("priority_rank")
        return Response(NonNegotiablesSerializer({"non_negotiables": own}).data)


class ReadinessView(Endpoint):
    """The questionnaire of emotional readiness, and one's own answers."""

    questions: ClassVar[list[dict[str, str]]] = [
        {"key": key, "text": text} for key, text in readiness.QUESTIONS.items()
    ]

    @operation(operation_id="readiness_read", responses={200: ReadinessSerializer})
    def get(self, request: Request) -> Response:
        answers = _numbers(ReadinessAnswer, self.me, "question_key", "answer")
        return Response({"questions": self.questions, "answers": answers})

    @operation(operation_id="readiness_replace", request=ReadinessInput, responses={200: ReadinessSerializer})
    def put(self, request: Request) -> Response:
        serializer = self.given(ReadinessInput)
        answers = serializer.validated_data["answers"]
        preferences.save_readiness(user_id=self.me, answers=answers, now=self.now)
        return Response({"questions": self.questions, "answers": answers})


def _numbers(model: type[Model], user_id: UUID, key: str, number: str) -> dict[str, Any]:
    own = model._default_manager.filter(user=user_id).order_by(key)
    return dict(own.values_list(key, number))
