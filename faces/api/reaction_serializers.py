"""What one makes of likenesses, as it is sent and shown."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.api.serializers.pictures import ShownPictureSerializer
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


class ReactionQuery(StrictSerializer):
    """`type`: like lists one's favourites."""

    speaks_json = False

    type = serializers.ChoiceField(ReactionType.choices, required=False)


class ReactionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    match_id = serializers.UUIDField()
    type = serializers.CharField(source="reaction_type")
    created_at = serializers.DateTimeField()


class FavouriteSerializer(ReactionSerializer):
    """With how alike the two are, in percent of the population, and the other's face as the caller may see it."""

    percentile = serializers.IntegerField(source="match.percentile", allow_null=True)
    face = serializers.SerializerMethodField()

    def get_face(self, reaction: Reaction) -> dict[str, Any]:
        viewer: UUID = self.context["viewer"]
        return ShownPictureSerializer(theirs(reaction, viewer), context=self.context).data


class ReactedSerializer(ReactionSerializer):
    """`connection_id`: of the two, once both like each other; null as long as nobody is to know of another's like."""

    connection_id = serializers.SerializerMethodField()

    def get_connection_id(self, reaction: Reaction) -> UUID | None:
        connection = self.context["connection"]
        return connection.id if connection else None


def theirs(reaction: Reaction, viewer: UUID) -> Face:
    """The other's face of a likeness."""
    match = reaction.match
    return match.face_b if match.user_a_id == viewer else match.face_a
