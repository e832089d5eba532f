"""Profile and birth data, as their owner gives and sees them."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.api.serializers.fields import BirthDateField, BirthTimeField, LanguagesField, check_place
from connect.enums import Gender
from connect.models import BirthData, Profile
from connect.services.births import Birthplace


class ProfileInput(StrictSerializer):
    """What is not named in a PUT becomes empty, except the birth date, which can only be corrected.

    `latitude` and `longitude` are turned into a coarse cell at once and not stored.
    """

    name = serializers.CharField(max_length=80, allow_blank=True, default="")
    nickname = serializers.CharField(max_length=40, allow_blank=True, default="")
    birth_date = BirthDateField(required=False)
    gender = serializers.ChoiceField(Gender.choices, allow_blank=True, default="")
    school = serializers.CharField(max_length=120, allow_blank=True, default="")
    city = serializers.CharField(max_length=120, allow_blank=True, default="")
    country = serializers.CharField(max_length=2, allow_blank=True, default="")
    latitude = serializers.FloatField(required=False, write_only=True)
    longitude = serializers.FloatField(required=False, write_only=True)
    bio = serializers.CharField(max_length=280, allow_blank=True, default="")
    languages = LanguagesField(default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_place(attrs)
        return attrs


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    """One's own profile; where one lives only as the city that was named."""

    gender = serializers.ChoiceField(Gender.choices, allow_blank=True)

    class Meta:
        model = Profile
        fields = ("name", "nickname", "birth_date", "gender", "school", "city", "country", "bio", "languages")
        read_only_fields = fields


class BirthInput(StrictSerializer):
    """`time` is local, HH:MM or HH:MM:SS, null when it is not known; the place a city with its country, or degrees."""

    time = BirthTimeField(allow_null=True)
    city = serializers.CharField(max_length=120, allow_blank=True, default="")
    country = serializers.CharField(max_length=2, allow_blank=True, default="")
    latitude = serializers.FloatField(required=False, allow_null=True)
    longitude = serializers.FloatField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_place(attrs)
        return attrs

    @property
    def place(self) -> Birthplace:
        return Birthplace(**{name: given for name, given in self.validated_data.items() if name != "time"})


class BirthSerializer(serializers.ModelSerializer[BirthData]):
    """One's own birth data; `timezone` was found from the coordinates."""

    time = BirthTimeField(allow_null=True)
    time_known = serializers.BooleanField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()

    class Meta:
        model = BirthData
        fields = ("time", "time_known", "city", "country", "latitude", "longitude", "timezone")
        read_only_fields = fields
