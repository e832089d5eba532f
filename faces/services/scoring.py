"""How alike one face is to others, as it is written down."""

from collections.abc import Sequence
from math import isnan
from typing import NamedTuple

import numpy as np

from faces.engine.factors import FACTORS
from faces.engine.likeness import Floats, factors, totals
from faces.engine.looks import Look, traits
from faces.engine.percentiles import percentiles
from faces.models import Face, FaceParameters, LikenessScale

PLACES = 4
"""Of a likeness that is kept."""


LOOK = (
    "quality_score", "geometry_ratios", "age", "symmetry_score", "skin_tone_lab", "emotion_scores", "expression",
)  # fmt: skip
"""The columns of a Look, in its order."""


class Score(NamedTuple):
    """Of two faces, each 0 to 1; percentile: 0 to 100, None while there are too few people to say."""

    factors: dict[str, float | None]
    total: float
    percentile: int | None


def look_of(face: Face) -> Look:
    return Look(*(getattr(face, name) for name in LOOK))


def scores(
    own: Look, others: Sequence[tuple[float, Look]], parameters: FaceParameters, scale: LikenessScale | None
) -> list[Score]:
    """Of a face with each of these, which come with the cosine of the embeddings. What weighs nothing is not alike."""
    if not others:
        return []
    everybody = traits([own, *(look for _, look in others)])
    cosines = np.array([cosine for cosine, _ in others])
    spread = scale.spread if scale else {}
    found = factors(cosines, everybody.take(slice(0, 1)), everybody.take(slice(1, None)), spread)
    whole = rounded(found, parameters.weights)
    places = percentiles(whole, scale.cuts).tolist() if scale else [None] * len(others)
    return [
        Score(_named(row), total, place)
        for row, total, place in zip(found.tolist(), whole.tolist(), places, strict=True)
    ]


def rounded(found: Floats, weights: dict[str, float]) -> Floats:
    """The totals (n,) of factors (n, 6), to the last place that is kept; 0 where nothing that weighs is known."""
    return np.asarray(np.nan_to_num(totals(found, weights)).round(PLACES))


def _named(row: Sequence[float]) -> dict[str, float | None]:
    return {name: None if isnan(value) else round(value, PLACES) for name, value in zip(FACTORS, row, strict=True)}
