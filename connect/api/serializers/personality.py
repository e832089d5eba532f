"""The questionnaire of personality. No score is ever spoken."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.personality import HIGHEST, LOWEST


class PersonalityAnswersInput(StrictSerializer):
    """Answers by question, 1 (no) to 5 (fully), as many as one likes; null takes one back."""

    answers = serializers.DictField(
        child=serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST, allow_null=True)
    )


class PersonalityQuestionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField()


class PersonalityQuestionsReply(serializers.Serializer[Any]):
    """What is asked in this version, and one's own answers to it."""

    version = serializers.CharField()
    questions = PersonalityQuestionSerializer(many=True)
    answers = serializers.DictField(child=serializers.IntegerField())
