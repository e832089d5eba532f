"""The famous, and whom of them a face is like."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from faces.enums import CelebrityCategory, SeenGender
from faces.models import Celebrity, CelebrityMatch
from matching.engine.scores import public_score


class CelebritiesQuery(serializers.Serializer[Any]):
    """`q`: a part of the name, in capitals or not. What else may stand in the query is held to by the Endpoint."""

    category = serializers.ChoiceField(choices=CelebrityCategory.choices, required=False)
    gender = serializers.ChoiceField(choices=SeenGender.choices, required=False)
    q = serializers.CharField(max_length=120, required=False)


class CelebrityPictureSerializer(serializers.Serializer[Any]):
    """`link` needs no sign-in and does not run out."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    link = serializers.SerializerMethodField()

    def get_link(self, celebrity: Celebrity) -> str:
        return reverse("celebrity-file", args=[celebrity.id])


class CelebritySerializer(serializers.Serializer[Any]):
    """Somebody widely known; `bio`, `category` and `gender` are empty where nothing is said."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    bio = serializers.CharField()
    category = serializers.ChoiceField(choices=CelebrityCategory.choices, allow_blank=True)
    gender = serializers.ChoiceField(choices=SeenGender.choices, allow_blank=True)
    picture = CelebrityPictureSerializer(source="*")


class LookalikeSerializer(serializers.Serializer[Any]):
    """`similarity`: 0 to 100 in steps of 5."""

    similarity = serializers.SerializerMethodField()
    celebrity = CelebritySerializer()

    def get_similarity(self, match: CelebrityMatch) -> int | None:
        return public_score(100 * match.similarity_score)


class ReaderSerializer(serializers.Serializer[Any]):
    """Who compared: `identity_grade` says whether it tells people apart, `note` what to make of that."""

    name = serializers.CharField()
    identity_grade = serializers.BooleanField()
    note = serializers.CharField()


class LookalikesReply(serializers.Serializer[Any]):
    """The most alike first; empty until the face was compared."""

    analyzer = ReaderSerializer()
    results = LookalikeSerializer(many=True)
