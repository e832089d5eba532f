"""Settings that everybody may read, of the apps above: each says what it tells, and how it is declared."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.fields import Field

Reader = Callable[[], Mapping[str, Any]]

_told: dict[Reader, Mapping[str, Field[Any, Any, Any, Any]]] = {}


def register(read: Reader, fields: Mapping[str, Field[Any, Any, Any, Any]]) -> None:
    """`read` gives a value for each of the `fields`. Called from `apps.ready()`."""
    _told[read] = fields


def fields() -> dict[str, Field[Any, Any, Any, Any]]:
    """How all of them are declared, by their names."""
    return {name: field for declared in _told.values() for name, field in declared.items()}


def values() -> dict[str, Any]:
    return {name: value for read in _told for name, value in read().items()}
