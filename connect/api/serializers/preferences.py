"""What a person prefers, values, likes and will not talk about."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect import enums, readiness, vectors
from connect.api.serializers.fields import refuse_unknown_keys
from connect.services.preferences import MOST_NON_NEGOTIABLES, NON_NEGOTIABLE_KEYS, Essential

HOURS_OF_A_WEEK = 168


class Percent(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, **kwargs)


class PreferencesSerializer(StrictSerializer):
    """`availability_windows` are hours of the week, 0 (Monday 00:00 to 01:00) to 167."""

    conversation_depth = serializers.ChoiceField(enums.ConversationDepth.choices)
    contact_frequency = serializers.ChoiceField(enums.ContactFrequency.choices)
    directness_score = Percent()
    humor_score = Percent()
    response_pace = serializers.ChoiceField(enums.ResponsePace.choices)
    group_comfort = serializers.ChoiceField(enums.GroupComfort.choices)
    friendship_intention = serializers.ChoiceField(enums.FriendshipIntention.choices)
    voice_note_ok = serializers.BooleanField(default=False)
    availability_windows = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=HOURS_OF_A_WEEK - 1),
        max_length=HOURS_OF_A_WEEK,
        default=list,
    )

    def validate_availability_windows(self, hours: list[int]) -> list[int]:
        return sorted(set(hours))


class ValuesSerializer(StrictSerializer):
    """Scores of values by key, 0 to 100: all there are."""

    scores = serializers.DictField(child=Percent())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_keys(attrs["scores"], vectors.VALUES, "scores")
        return attrs


class InterestsSerializer(StrictSerializer):
    """Scores of interests by key, 0 to 100: all there are."""

    scores = serializers.DictField(child=Percent())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_keys(attrs["scores"], vectors.INTERESTS, "scores")
        return attrs


class OffLimitsSerializer(StrictSerializer):
    """Topics a person does not want to meet: all there are."""

    topics = serializers.ListField(child=serializers.CharField(max_length=30), max_length=len(vectors.TOPICS))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_keys(attrs["topics"], vectors.TOPICS, "topics")
        return attrs | {"topics": sorted(set(attrs["topics"]))}


class EssentialSerializer(StrictSerializer):
    dimension = serializers.ChoiceField(enums.NonNegotiableDimension.choices)
    key = serializers.CharField(max_length=30)
    priority_rank = serializers.IntegerField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_keys([attrs["key"]], NON_NEGOTIABLE_KEYS[attrs["dimension"]], "key")
        return attrs


class NonNegotiablesSerializer(StrictSerializer):
    """At most three, ranked 1, 2, 3 without a gap, each once."""

    non_negotiables = EssentialSerializer(many=True)

    def validate_non_negotiables(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(entries) > MOST_NON_NEGOTIABLES:
            message = f"At most {MOST_NON_NEGOTIABLES}."
            raise serializers.ValidationError(message, code="too_many_non_negotiables")
        if sorted(entry["priority_rank"] for entry in entries) != list(range(1, len(entries) + 1)):
            raise serializers.ValidationError("Rank them 1, 2, 3, each once.", code="wrong_ranks")
        if len({(entry["dimension"], entry["key"]) for entry in entries}) < len(entries):
            raise serializers.ValidationError("Name each only once.", code="named_twice")
        return entries

    @property
    def essentials(self) -> list[Essential]:
        return [Essential(**entry) for entry in self.validated_data["non_negotiables"]]


class ReadinessInput(StrictSerializer):
    """Answers by question, 1 to 5: all of them, or none to take them back."""

    answers = serializers.DictField(
        child=serializers.IntegerField(min_value=readiness.LOWEST, max_value=readiness.HIGHEST)
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown_keys(attrs["answers"], readiness.QUESTIONS, "answers")
        missing = sorted(readiness.QUESTIONS.keys() - attrs["answers"].keys())
        if attrs["answers"] and missing:
            reason = serializers.ErrorDetail("Answer this one too.", code="readiness_incomplete")
            raise serializers.ValidationError({"answers": {key: [reason] for key in missing}})
        return attrs


class QuestionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField()


class ReadinessSerializer(serializers.Serializer[Any]):
    """The questionnaire with one's own answers."""

    questions = QuestionSerializer(many=True)
    answers = serializers.DictField(child=serializers.IntegerField())
