"""How alike two faces are: six factors from 0 to 1, weighed into one total.

What one of the two lacks has no likeness (NaN), and the weights are renormalized over the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from faces.engine.factors import FACTORS

Floats = NDArray[np.float64]

USUAL_SPREAD = 0.08
"""How far a ratio of the face scatters among people, as a part of its mean, where the population does not tell yet:
anthropometric indices vary by 5 to 10 % (Farkas, Anthropometry of the Head and Face, 1994).
"""

YEARS_APART = 30.0
"""From so many years on nothing is left of likeness in age."""

SKIN_APART = 50.0
"""The colour difference of CIE 1976 from which nothing is left: as far as the palest skin is from the darkest. What
an eye just notices is 2.3 (Mahy, Van Eycken and Oosterlinck, 1994).
"""

UNKNOWN = -1
"""The number of no expression."""


@dataclass(frozen=True)
class Traits:
    """What n faces look like apart from their embeddings, NaN where an analyzer could not tell.

    geometry (n, g): the ratios that `ratios` names. age (n,) in years. symmetry (n,). skin (n, 3): CIELAB. emotions
    (n, e): scores, all NaN or none. expression (n,): a number for each, UNKNOWN where there is none.
    """

    ratios: tuple[str, ...]
    geometry: Floats
    age: Floats
    symmetry: Floats
    skin: Floats
    emotions: Floats
    expression: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.age)

    def take(self, faces: NDArray[np.integer] | slice) -> "Traits":
        columns = (field.name for field in fields(self) if field.name != "ratios")
        return Traits(self.ratios, **{name: getattr(self, name)[faces] for name in columns})


def factors(cosine: Floats, one: Traits, other: Traits, spread: Mapping[str, float]) -> Floats:
    """(n, 6) in the order of FACTORS for n pairs; of `one` and `other` a single face stands against all.

    cosine (n,): of the embeddings. spread: how far each ratio scatters in the population (a standard deviation); one
    that is not named goes by USUAL_SPREAD. The two have the same `ratios`.
    """
    found = {
        "embedding": cosine,
        "geometry": _geometry(one, other, spread),
        "age": 1.0 - np.abs(one.age - other.age) / YEARS_APART,
        "symmetry": 1.0 - np.abs(one.symmetry - other.symmetry),
        "skin_tone": 1.0 - np.sqrt(np.square(one.skin - other.skin).sum(axis=1)) / SKIN_APART,
        "expression": _expression(one, other),
    }
    columns = np.broadcast_arrays(*(found[name] for name in FACTORS))
    return np.asarray(np.clip(np.stack(columns, axis=1), 0.0, 1.0))


def totals(found: Floats, weights: Mapping[str, float]) -> Floats:
    """(n,) from 0 to 1: the weighted mean of what both have, NaN where that weighs nothing."""
    own = np.array([weights.get(name, 0.0) for name in FACTORS])
    present = ~np.isnan(found)
    whole = present @ own
    points = np.where(present, found, 0.0) @ own
    mean = np.divide(points, whole, out=np.full(len(found), np.nan), where=whole > 0.0)
    return np.asarray(np.clip(mean, 0.0, 1.0))


def spread_of(faces: Traits) -> dict[str, float]:
    """The standard deviation of each ratio that differs among these faces."""
    many = (~np.isnan(faces.geometry)).sum(axis=0) > 1
    found = {name: float(np.nanstd(faces.geometry[:, i])) for i, name in enumerate(faces.ratios) if many[i]}
    return {name: deviation for name, deviation in found.items() if deviation > 0.0}


def _geometry(one: Traits, other: Traits, spread: Mapping[str, float]) -> Floats:
    """exp(-d^2 / 2), d the root mean square of the differences of the ratios both have, each in its own spread."""
    usual = USUAL_SPREAD * (np.abs(one.geometry) + np.abs(other.geometry)) / 2.0
    known = np.array([spread.get(name, np.nan) for name in one.ratios])
    scale = np.maximum(np.where(np.isnan(known), usual, known), np.finfo(np.float64).tiny)
    squares = np.square((one.geometry - other.geometry) / scale)
    present = ~np.isnan(squares)
    shared = present.sum(axis=1)
    summed = np.where(present, squares, 0.0).sum(axis=1)
    mean = np.divide(summed, shared, out=np.full(len(summed), np.nan), where=shared > 0)
    return np.asarray(np.exp(-mean / 2.0))


def _expression(one: Traits, other: Traits) -> Floats:
    """The cosine of the emotions where both have scores; else whether it is the same expression."""
    lengths = np.sqrt(np.square(one.emotions).sum(axis=1)) * np.sqrt(np.square(other.emotions).sum(axis=1))
    products = (one.emotions * other.emotions).sum(axis=1)
    cosine = np.divide(products, lengths, out=np.full(len(products), np.nan), where=lengths > 0.0)
    named = (one.expression != UNKNOWN) & (other.expression != UNKNOWN)
    same = np.where(named, (one.expression == other.expression).astype(np.float64), np.nan)
    return np.where(np.isnan(cosine), same, cosine)
