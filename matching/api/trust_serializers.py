"""What the calls of reflections and trust take and give."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from matching.enums import TAGS_MOST, MeetOutcome, ReflectionTag
from safety import trust
from safety.enums import TrustBand


class ReflectSerializer(StrictSerializer):
    """How a live talk was; `match_id` is also the id of its session."""

    match_id = serializers.UUIDField()
    vibe_score = serializers.IntegerField(min_value=1, max_value=5)
    meet_outcome = serializers.ChoiceField(MeetOutcome.choices)
    feedback_tags = serializers.ListField(
        child=serializers.ChoiceField(ReflectionTag.choices), max_length=TAGS_MOST, required=False
    )

    def validate_feedback_tags(self, tags: list[str]) -> list[str]:
        """Raises ValidationError (repeated) for a tag that is named twice."""
        if len(set(tags)) < len(tags):
            raise serializers.ValidationError("Each tag counts once.", code="repeated")
        return tags


class ReflectionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    match_id = serializers.UUIDField()
    vibe_score = serializers.IntegerField()
    meet_outcome = serializers.ChoiceField(MeetOutcome.choices)
    feedback_tags = serializers.ListField(child=serializers.ChoiceField(ReflectionTag.choices))
    created_at = serializers.DateTimeField(source="given_at")


class TrustReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class TrustSerializer(serializers.Serializer[Any]):
    """One's own score in steps with its reasons; of a connection the band alone, and null for the rest."""

    user_id = serializers.UUIDField()
    band = serializers.ChoiceField(TrustBand.choices)
    score = serializers.IntegerField(min_value=trust.LOWEST, max_value=trust.HIGHEST, allow_null=True)
    reasons = TrustReasonSerializer(many=True, allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
