"""Scores of pairs: blocks of inner products, exact, with what is missing left out.

worth(u, v), what v is worth to u, is the weighted mean of the dimensions both have:

    worth(u, v) = sum_d w_d query_d(u) @ key_d(v)  /  sum_d w_d present_d(u) present_d(v)

Missing rows are zero, so the numerator is one product over all columns with the weights folded into the
queries. The denominator is the product over eight columns; as `present` has few patterns, it is looked up. A pair's
own worth counts the less keen side twice.
"""

from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.engine.features import DIMENSIONS, Features

CODE_VERSION = "v1"
"""Another one whenever the code makes other scores of the same people and parameters."""

ENGINE_VERSION = f"connect-{CODE_VERSION}"
"""Of what is computed without parameters."""

KEENNESS = np.float32(2.0 / 3.0)
"""Share of the less keen side in a pair's worth."""

PUBLIC_STEP = 5
"""Scores leave in steps of this, so that nobody can solve for another's features."""

FEEDBACK_BOUND = 0.5
"""How far feedback may move a person's weight of a dimension, as a share of the profile's."""

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class WeightProfile:
    """Weights of dimensions, none negative, sum one. A dimension that is not named weighs nothing."""

    version: str
    weights: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.weights) - set(DIMENSIONS):
            raise ValueError(f"unknown dimensions: {sorted(unknown)}")
        is_mean = min(self.weights.values(), default=-1.0) >= 0.0 and abs(sum(self.weights.values()) - 1.0) <= 1e-6
        if not is_mean:
            raise ValueError("weights must not be negative and must sum to 1")

    def vector(self) -> NDArray[np.float32]:
        """(8,) in the order of DIMENSIONS."""
        return np.array([self.weights.get(name, 0.0) for name in DIMENSIONS], dtype=np.float32)


@dataclass(frozen=True)
class Weighted:
    """n people under one weight profile, so that worth(u, v) is one inner product and one factor.

    query and key (n, f) float32: the columns of dimensions that weigh anything, each person's own weights folded
    into the query. pattern (n,): which of the dimensions the person has, as a number; inverse (n, patterns): one
    through the weight that a person and somebody of that pattern share, NaN where they share none.
    """

    query: NDArray[np.float32]
    key: NDArray[np.float32]
    pattern: NDArray[np.int64]
    inverse: NDArray[np.float32]

    def take(self, people: NDArray[np.integer] | slice) -> "Weighted":
        return Weighted(self.query[people], self.key[people], self.pattern[people], self.inverse[people])


def weighted(features: Features, profile: WeightProfile) -> Weighted:
    """People as a profile weighs them. What feedback taught (`leanings`) moves each person's own weights; that these
    do not sum to one any more is undone by the factor.
    """
    own = profile.vector() * (1.0 + np.clip(features.leanings, -FEEDBACK_BOUND, FEEDBACK_BOUND))
    weighing = np.flatnonzero(profile.vector() > 0.0)
    parts = [slice(features.edges[i], features.edges[i + 1]) for i in weighing]
    bits = (features.present[:, weighing] << np.arange(len(weighing))).sum(axis=1)
    _, first, pattern = np.unique(bits, return_index=True, return_inverse=True)
    patterns = features.present[np.ix_(first, weighing)]
    shares = (features.present[:, weighing] * own[:, weighing]) @ patterns.T.astype(np.float32)
    return Weighted(
        query=np.hstack([features.query[:, part] * own[:, i, None] for i, part in zip(weighing, parts, strict=True)]),
        key=np.hstack([features.key[:, part] for part in parts]),
        pattern=pattern,
        inverse=np.divide(1.0, shares, out=np.full_like(shares, np.nan), where=shares > 0.0).astype(np.float32),
    )


def worths(rows: Weighted, columns: Weighted) -> Scores:
    """worth(u, v) for all u of `rows` and v of `columns`: (r, c) in 0-100, NaN where they share no weighted
    dimension.
    """
    return _bounded(rows.query @ columns.key.T * rows.inverse[:, columns.pattern])


def reciprocal(rows: Weighted, columns: Weighted) -> Scores:
    """A pair's worth (r, c): two thirds what it is to the less keen side, one third to the keener."""
    worth, back = worths(rows, columns), worths(columns, rows).T
    return np.asarray(KEENNESS * np.minimum(worth, back) + np.float32(1.0 - KEENNESS) * np.maximum(worth, back))


def breakdown(one: Features, other: Features) -> Scores:
    """Score of each dimension for m pairs (row i of both): (m, 8) in 0-100, NaN where one of the two lacks
    it.

    The mean of both directions, so it is the same whichever side asks.
    """
    everybody = np.arange(len(one))
    scores = _mean_scores((one.query, one.key), (other.query, other.key), one.edges, everybody, everybody)
    return np.where(one.present & other.present, scores, np.float32(np.nan))


def breakdown_of(features: Features, first: NDArray[np.integer], second: NDArray[np.integer]) -> Scores:
    """`breakdown` of m pairs of people by their indices, without a copy of their vectors."""
    vectors = (features.query, features.key)
    scores = _mean_scores(vectors, vectors, features.edges, first, second)
    return np.where(features.present[first] & features.present[second], scores, np.float32(np.nan))


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _mean_scores(one, other, edges, first, second):  # type: ignore[no-untyped-def]
    query, key = one
    queries, keys = other
    scores = np.empty((len(first), len(edges) - 1), np.float32)
    for pair in range(len(first)):
        u, v = first[pair], second[pair]
        for dimension in range(len(edges) - 1):
            there, back = np.float32(0.0), np.float32(0.0)
            for feature in range(edges[dimension], edges[dimension + 1]):
                there += query[u, feature] * keys[v, feature]
                back += queries[v, feature] * key[u, feature]
            there = min(max(there, np.float32(0.0)), np.float32(100.0))
            back = min(max(back, np.float32(0.0)), np.float32(100.0))
            scores[pair, dimension] = (there + back) / np.float32(2.0)
    return scores


def totals(scores: Scores, profile: WeightProfile) -> Scores:
    """Weighted mean of a breakdown (m, 8) over what is there: (m,), NaN where nothing is."""
    weights = np.where(np.isnan(scores), 0.0, profile.vector())
    shares = weights.sum(axis=1)
    sums = (np.nan_to_num(scores) * weights).sum(axis=1)
    return np.asarray(np.divide(sums, shares, out=np.full(len(scores), np.nan), where=shares > 0.0), dtype=np.float32)


def public_score(score: float) -> int | None:
    """A score as people see it: rounded to steps of 5 (halves up), None where there is none."""
    if np.isnan(score):
        return None
    return int(np.clip(np.floor(score / PUBLIC_STEP + 0.5), 0, 100 // PUBLIC_STEP)) * PUBLIC_STEP


def _bounded(scores: Scores) -> Scores:
    """The bounds hold by construction; this only takes off the last bits of single-precision rounding."""
    return np.clip(scores, np.float32(0.0), np.float32(100.0))
