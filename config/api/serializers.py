"""Serializers that refuse what they do not know, in snake_case and, for `/connect/*`, in camelCase."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, ClassVar

from rest_framework import serializers

from config.api.types import mistake
from config.visible import is_blank

Writer = Callable[[Any], Any]
"""What one value of a reply is, of the instance it is about."""

WRITTEN_AS_THEY_ARE = {
    serializers.UUIDField,
    serializers.DateTimeField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
}

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class MomentField(serializers.DateTimeField):
    """A moment as the schema's `date-time` has it, by RFC 3339: with its time and its zone, and in no other form."""

    default_error_messages: ClassVar = {
        "invalid": "This has to be a moment with its zone, as 2026-03-01T18:00:00Z.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not _RFC_3339.fullmatch(str(value)):
            self.fail("invalid")
        try:
            moment: datetime = super().to_internal_value(value.upper())
        except serializers.ValidationError:  # whatever is wrong with it, one code says it
            self.fail("invalid")
        return moment


class VisibleField(serializers.CharField):
    """A text in which there is something to see."""

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if is_blank(text):
            self.fail("blank")
        return text


class StrictSerializer(serializers.Serializer[Any]):
    """A field that is not declared is refused by its name instead of being dropped, a value of another JSON type
    than its field's instead of being turned into one.
    """

    # Whether values come out of JSON; in a query string everything is text.
    speaks_json = True

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {name: reason for name, value in data.items() if (reason := self._mistake(name, value))}
            if wrong:
                raise serializers.ValidationError({name: wrong[name] for name in sorted(wrong)})
        return super().to_internal_value(data)

    def _mistake(self, name: str, value: Any) -> Any:
        field = self.fields.get(name)
        if field is None or field.read_only:
            return [serializers.ErrorDetail("There is no such field.", code="unknown_field")]
        return mistake(field, value) if self.speaks_json else None


class PlainSerializer(serializers.Serializer[Any]):
    """A reply whose values are written as they are, for lists: the renderer knows ids, moments and choices."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: write(instance) for name, write in self._writers}

    @cached_property
    def _writers(self) -> list[tuple[str, Writer]]:
        return [(name, writer_of(self)) for name, writer_of in _ways(type(self))]


@cache
def _ways(kind: type[PlainSerializer]) -> list[tuple[str, Callable[[PlainSerializer], Writer]]]:
    """By the name of each field what gives its writer in a serializer of this class.

    Found out once: the framework copies all fields of a class for each serializer, which costs more than writing.
    """
    return [(str(field.field_name), _way(field)) for field in kind()._readable_fields]


def _way(field: Any) -> Callable[[PlainSerializer], Writer]:
    if type(field) in WRITTEN_AS_THEY_ARE:
        read = attrgetter(field.source)
        return lambda serializer: read
    if type(field) is serializers.SerializerMethodField:
        return attrgetter(field.method_name)
    return lambda serializer: _written_by(serializer.fields[field.field_name])


def _written_by(field: Any) -> Writer:
    return lambda instance: field.to_representation(field.get_attribute(instance))


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
