"""Serializers that refuse what they do not know, in snake_case and, for `/connect/*`, in camelCase."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """A field that is not declared is refused by its name instead of being dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - {name for name, field in self.fields.items() if not field.read_only})
            if unknown:
                reason = serializers.ErrorDetail("There is no such field.", code="unknown_field")
                raise serializers.ValidationError({name: [reason] for name in unknown})
        return super().to_internal_value(data)


class CamelSerializer(StrictSerializer):
    """Fields declared in snake_case, spoken in camelCase: in requests, replies, errors and the schema alike."""

    def get_fields(self) -> dict[str, Any]:
        spoken = {}
        for name, field in super().get_fields().items():
            if camelize(name) != name and field.source is None:
                field.source = name
            spoken[camelize(name)] = field
        return spoken


def camelize(name: str) -> str:
    """`min_age` -> `minAge`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
