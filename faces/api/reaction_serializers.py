"""What one makes of likenesses, as it is sent and shown."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.api.serializers.pictures import ShownPictureSerializer
from faces.engine import percentiles
from faces.enums import ReactionType
from faces.models import Face, Reaction


class ReactionInput(StrictSerializer):
    """`match_id`: of a likeness that is shown to the caller."""

    match_id = serializers.UUIDField()
    type = serializers.ChoiceField(ReactionType.choices)


class WithdrawnQuery(StrictSerializer):
    """Which reaction of one's own to take back; without `type` a like."""

    speaks_json = False

    match_id = serializers.UUIDField()
    type = serializers.ChoiceField(ReactionType.choices, default=ReactionType.LIKE)


class ReactionQuery(serializers.Serializer[Any]):
    """`type`: like lists one's favourites."""

    type = serializers.ChoiceField(ReactionType.choices, required=False)


class ReactionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    match_id = serializers.UUIDField()
    type = serializers.ChoiceField(ReactionType.choices, source="reaction_type")
    created_at = serializers.DateTimeField()


class FavouriteSerializer(ReactionSerializer):
    """With how alike the two are, as the match itself tells it, and the other's face as the caller may see it."""

    percentile = serializers.SerializerMethodField()
    face = serializers.SerializerMethodField()

    @extend_schema_field(serializers.IntegerField(min_value=0, max_value=100, allow_null=True))
    def get_percentile(self, reaction: Reaction) -> int | None:
        return percentiles.public(reaction.match.percentile)

    @extend_schema_field(ShownPictureSerializer)
    def get_face(self, reaction: Reaction) -> Any:
        viewer: UUID = self.context["viewer"]
        return ShownPictureSerializer(theirs(reaction, viewer), context=self.context).data


class ReactedSerializer(ReactionSerializer):
    """`connection_id`: of the two, once both like each other; null as long as nobody is to know of another's like."""

    connection_id = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_connection_id(self, reaction: Reaction) -> UUID | None:
        connection = self.context["connection"]
        return connection.id if connection else None


def theirs(reaction: Reaction, viewer: UUID) -> Face:
    """The other's face of a likeness."""
    match = reaction.match
    return match.face_b if match.user_a_id == viewer else match.face_a
