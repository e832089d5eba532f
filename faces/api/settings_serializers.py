"""What the public settings tell of likeness."""

from typing import Any

from rest_framework import serializers

from faces.engine.factors import FACTORS


class WeightsSerializer(serializers.Serializer[Any]):
    """What each of the six likenesses weighs, in sum 1."""

    embedding, geometry, age, symmetry, skin_tone, expression = (
        serializers.FloatField(min_value=0.0, max_value=1.0) for _ in FACTORS
    )


FIELDS: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    "matching_weights": WeightsSerializer(),
    "match_threshold": serializers.FloatField(min_value=0.0, max_value=1.0),
}
