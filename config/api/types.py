"""Which JSON type a field takes. DRF's fields turn one into another ("yes" into true, 5 into "5"); ours do not."""

from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class Expected(NamedTuple):
    types: frozenset[type]
    name: str


_TEXT = Expected(frozenset({str}), "a string")
_LIST = Expected(frozenset({list}), "a list")
EXPECTED: dict[type[serializers.Field], Expected] = {
    serializers.BooleanField: Expected(frozenset({bool}), "true or false"),
    serializers.IntegerField: Expected(frozenset({int}), "a whole number"),
    serializers.FloatField: Expected(frozenset({int, float}), "a number"),
    serializers.CharField: _TEXT,
    serializers.UUIDField: _TEXT,
    serializers.DateField: _TEXT,
    serializers.DateTimeField: _TEXT,
    serializers.TimeField: _TEXT,
    serializers.DurationField: _TEXT,
    serializers.ChoiceField: _TEXT,
    serializers.MultipleChoiceField: _LIST,
    serializers.ListField: _LIST,
    serializers.DictField: Expected(frozenset({dict}), "an object"),
}


def mistake(field: serializers.Field, value: Any) -> Any:
    """What is wrong with the JSON type of a value, as details of a ValidationError (wrong_type); None if nothing is.

    Entries of lists and objects are looked at too. Null is the field's own business.
    """
    kind: Any = type(field)
    expected = _expected(kind)
    if value is None or expected is None:
        return None
    if type(value) not in expected.types or (type(value) is float and not isfinite(value)):
        return [ErrorDetail(f"This has to be {expected.name}.", code="wrong_type")]
    if isinstance(field, serializers.ListField | serializers.DictField):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: wrong for key, entry in entries if (wrong := mistake(field.child, entry))} or None
    return None


@cache
def _expected(kind: Any) -> Expected | None:
    return next((EXPECTED[base] for base in kind.__mro__ if base in EXPECTED), None)
