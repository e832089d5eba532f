"""What faces look like, as rows tell it, as arrays."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faces.engine.analysis import EMOTIONS
from faces.engine.likeness import UNKNOWN, Floats, Traits


class Look(NamedTuple):
    """What an analyzer found in one face, None where it could not tell; an expression that is "" is not known."""

    quality: float | None
    ratios: dict[str, float] | None
    age: int | None
    symmetry: float | None
    skin: Sequence[float] | None
    emotions: dict[str, float] | None
    expression: str


def traits(looks: Sequence[Look]) -> Traits:
    """n faces in their order, with every ratio that any of them has."""
    ratios = tuple(sorted({name for look in looks for name in look.ratios or ()}))
    return Traits(
        ratios=ratios,
        geometry=_named([look.ratios for look in looks], ratios),
        age=_numbers([look.age for look in looks]),
        symmetry=_numbers([look.symmetry for look in looks]),
        skin=_numbers([look.skin or (None,) * 3 for look in looks]).reshape(len(looks), 3),
        emotions=_named([look.emotions for look in looks], EMOTIONS),
        expression=np.array([_number_of(look.expression) for look in looks], dtype=np.int64),
    )


def _named(rows: Sequence[dict[str, float] | None], names: Sequence[str]) -> Floats:
    found = [[(row or {}).get(name) for name in names] for row in rows]
    return _numbers(found).reshape(len(rows), len(names))


def _numbers(values: Any) -> Floats:
    """None becomes NaN."""
    return np.array(values, dtype=np.float64)


def _number_of(expression: str) -> int:
    return EMOTIONS.index(expression) if expression in EMOTIONS else UNKNOWN
