"""What the calls of babies take and give."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from connect.api.serializers.pictures import ShownPictureSerializer
from faces.enums import BabyStatus, PainterName
from faces.models import Baby


class BabyInput(StrictSerializer):
    match_id = serializers.UUIDField()


class BabiesQuery(serializers.Serializer[Any]):
    """What else may stand in the query is held to by the Endpoint."""

    match_id = serializers.UUIDField()


class BabySerializer(PlainSerializer):
    """A picture out of two faces: a blend or a painting, and no prediction of anybody's child."""

    id = serializers.UUIDField()
    match_id = serializers.UUIDField()
    status = serializers.ChoiceField(BabyStatus.choices)
    painter = serializers.ChoiceField(PainterName.choices)
    asked_by_you = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)

    def get_asked_by_you(self, baby: Baby) -> bool:
        return baby.is_asked_by(self.context["viewer"])

    @extend_schema_field(ShownPictureSerializer(allow_null=True))
    def get_picture(self, baby: Baby) -> Any:
        """Once it is completed."""
        painted = baby.status == BabyStatus.COMPLETED
        return ShownPictureSerializer(baby, context={"viewer": self.context["viewer"]}).data if painted else None
