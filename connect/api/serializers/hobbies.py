"""Hobbies, and what there is to choose from; names are in the reader's language."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect import hobby_wording
from connect.enums import HobbyCategory
from connect.models import Hobby, HobbyOption
from connect.models.hobby import DESCRIPTION


class HobbyOptionSerializer(serializers.Serializer[HobbyOption]):
    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    category = serializers.ChoiceField(HobbyCategory.choices)
    category_name = serializers.SerializerMethodField()

    def get_name(self, option: HobbyOption) -> str:
        return hobby_wording.name_of(option)

    def get_category_name(self, option: HobbyOption) -> str:
        return hobby_wording.category_of(option)


class HobbyOptionsReply(serializers.Serializer[Any]):
    hobby_options = HobbyOptionSerializer(many=True)


class HobbyInput(StrictSerializer):
    """`option` is the code of a hobby option; what stood there about it is replaced."""

    option = serializers.CharField(max_length=30)
    description = serializers.CharField(max_length=DESCRIPTION, allow_blank=True, default="")


class HobbySerializer(serializers.Serializer[Hobby]):
    id = serializers.UUIDField()
    option = HobbyOptionSerializer()
    description = serializers.CharField(allow_blank=True)


class HobbiesReply(serializers.Serializer[Any]):
    hobbies = HobbySerializer(many=True)
