"""Consents, cards of others, notifications, the pool."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import CamelSerializer, StrictSerializer
from connect.api.serializers.fields import AgeField, LanguagesField
from connect.api.serializers.photos import ShownPhotoSerializer
from connect.enums import DisclosureLevel, Gender, Mode, Purpose, RelatedType
from connect.models import Consent, Notification
from connect.services.pool import Wishes


class ConsentInput(StrictSerializer):
    """`granted` false takes the consent back."""

    purpose = serializers.ChoiceField(Purpose.choices)
    version = serializers.CharField(max_length=20)
    granted = serializers.BooleanField()


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    """A row of the ledger; live while `revoked_at` is null."""

    class Meta:
        model = Consent
        fields = ("id", "purpose", "version", "granted_at", "revoked_at")
        read_only_fields = fields


class ConsentReply(serializers.Serializer[Any]):
    """Where the consent stands now, and how many of what was deleted with it."""

    purpose = serializers.ChoiceField(Purpose.choices)
    granted = serializers.BooleanField()
    deleted = serializers.DictField(child=serializers.IntegerField())


class CardSerializer(serializers.Serializer[Any]):
    """Another person; name, gender and school are null below the level of identity."""

    user_id = serializers.UUIDField()
    level = serializers.ChoiceField(DisclosureLevel.choices)
    nickname = serializers.CharField()
    age = serializers.IntegerField(allow_null=True)
    city = serializers.CharField()
    country = serializers.CharField()
    bio = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    name = serializers.CharField(allow_null=True)
    gender = serializers.CharField(allow_null=True)
    school = serializers.CharField(allow_null=True)


class PersonSerializer(CardSerializer):
    """Another person with their photos, of which there are none below the level of identity."""

    photos = ShownPhotoSerializer(many=True)


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    related_type = serializers.ChoiceField(RelatedType.choices, allow_blank=True)

    class Meta:
        model = Notification
        fields = ("id", "type", "title", "message", "related_id", "related_type", "read_at", "created_at")
        read_only_fields = fields


class ActivateInput(CamelSerializer):
    """Whom one looks for. `distanceKm` null is everywhere, no genders or languages are any."""

    mode = serializers.ChoiceField(Mode.choices)
    min_age = AgeField()
    max_age = AgeField()
    distance_km = serializers.IntegerField(min_value=1, max_value=20_000, allow_null=True, default=None)
    preferred_genders = serializers.ListField(
        child=serializers.ChoiceField(Gender.choices), max_length=len(Gender), default=list
    )
    language_pref = LanguagesField(default=list)
    consent_version = serializers.CharField(max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["max_age"] < attrs["min_age"]:
            message = "maxAge is below minAge."
            raise serializers.ValidationError({"maxAge": [message]}, code="age_range_reversed")
        return attrs

    @property
    def wishes(self) -> Wishes:
        fields = {name: given for name, given in self.validated_data.items() if name != "consent_version"}
        return Wishes(**fields | {"preferred_genders": list(dict.fromkeys(fields["preferred_genders"]))})


class ActivateReply(CamelSerializer):
    ok = serializers.BooleanField()
    status = serializers.CharField()
    profile_id = serializers.UUIDField()


class DeactivateReply(CamelSerializer):
    ok = serializers.BooleanField()
    status = serializers.CharField()
