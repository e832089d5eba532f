"""Likenesses as one of the two gets them: in steps, and of the other their face alone."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from connect.api.serializers.pictures import ShownPictureSerializer
from faces.engine import percentiles
from faces.engine.factors import FACTORS
from faces.models import FaceMatch


class TopQuery(serializers.Serializer[Any]):
    """`viewed`: those alone that the caller says they saw, or did not."""

    viewed = serializers.BooleanField(required=False, allow_null=True, default=None)


class MatchSerializer(serializers.Serializer[Any]):
    """Somebody whose face is like the caller's. `percentile`: how many of a hundred pairs of people are less alike, in
    steps of 5; null while there are too few people to say. `face` is the other's, behind a link made for the caller;
    `own_face_id` the caller's own. `liked` and `viewed` are what the caller made of it. `mutual`: both like each other,
    and are connected; `connection_id` is null before. Whether the other alone likes the caller shows nowhere.
    """

    id = serializers.UUIDField()
    percentile = serializers.SerializerMethodField()
    own_face_id = serializers.SerializerMethodField()
    face = serializers.SerializerMethodField()
    liked = serializers.BooleanField()
    viewed = serializers.BooleanField()
    mutual = serializers.SerializerMethodField()
    connection_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()

    @property
    def viewer(self) -> UUID:
        viewer: UUID = self.context["viewer"]
        return viewer

    @extend_schema_field(serializers.IntegerField(min_value=0, max_value=100, allow_null=True))
    def get_percentile(self, match: FaceMatch) -> int | None:
        return percentiles.public(match.percentile)

    def get_own_face_id(self, match: FaceMatch) -> UUID:
        return match.face_of(self.viewer)

    @extend_schema_field(ShownPictureSerializer)
    def get_face(self, match: FaceMatch) -> Any:
        theirs = match.face_b if match.user_a_id == self.viewer else match.face_a
        return ShownPictureSerializer(theirs, context=self.context).data

    def get_mutual(self, match: Any) -> bool:
        return match.connection_id is not None


class FactorsSerializer(serializers.Serializer[Any]):
    """0 to 100 each, in steps of 5; null where the analyzer could not tell one for either of the two."""

    embedding, geometry, age, symmetry, skin_tone, expression = (
        serializers.IntegerField(min_value=0, max_value=100, allow_null=True) for _ in FACTORS
    )


class MatchDetailSerializer(MatchSerializer):
    """`factors`: in what the two are alike. `total`: all of it, weighed as the public settings say, in steps of 5.
    `analyzer` compared the faces; `version` names the weights.
    """

    total = serializers.SerializerMethodField()
    factors = serializers.SerializerMethodField()
    analyzer = serializers.CharField()
    version = serializers.CharField()

    @extend_schema_field(serializers.IntegerField(min_value=0, max_value=100))
    def get_total(self, match: FaceMatch) -> int | None:
        return percentiles.stepped(match.total)

    @extend_schema_field(FactorsSerializer)
    def get_factors(self, match: FaceMatch) -> dict[str, int | None]:
        return {name: percentiles.stepped(match.factors.get(name)) for name in FACTORS}
