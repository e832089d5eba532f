"""Scores of pairs: blocks of inner products, exact, with what is missing left out.

worth(u, v), what v is worth to u, is the weighted mean of the dimensions both have:

    worth(u, v) = sum_d w_d query_d(u) @ key_d(v)  /  sum_d w_d present_d(u) present_d(v)

Missing rows are zero, so the numerator is one product over all columns with the weights folded into the
queries, and the denominator a second one over eight columns. A pair's own worth counts the less keen side
twice.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.engine.features import DIMENSIONS, Features

ENGINE_VERSION = "connect-v1"

KEENNESS = 2.0 / 3.0
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
        if min(self.weights.values(), default=-1.0) < 0.0 or abs(sum(self.weights.values()) - 1.0) > 1e-6:
            raise ValueError("weights must not be negative and must sum to 1")

    def vector(self) -> NDArray[np.float32]:
        """(8,) in the order of DIMENSIONS."""
        return np.array([self.weights.get(name, 0.0) for name in DIMENSIONS], dtype=np.float32)


CONNECT = WeightProfile(
    ENGINE_VERSION, {"astro": 0.20, "hd": 0.15, "values": 0.30, "communication": 0.20, "readiness": 0.15}
)
FRIENDSHIP = WeightProfile(
    "friendship-v1",
    {"values": 0.35, "communication": 0.25, "interests": 0.20, "depth": 0.10, "availability": 0.10},
)

PROFILES = {profile.version: profile for profile in (CONNECT, FRIENDSHIP)}


def own_weights(profile: WeightProfile, delta: NDArray[np.floating]) -> NDArray[np.float32]:
    """A person's own weights (n, 8): the profile's, moved by what feedback taught.

    delta (n, 8) is the relative change of each weight, bounded to half of it either way; rows sum to one
    again.
    """
    moved = profile.vector() * (1.0 + np.clip(delta, -FEEDBACK_BOUND, FEEDBACK_BOUND))
    return np.asarray(moved / moved.sum(axis=1, keepdims=True), dtype=np.float32)


def pair_matrix(query: Features, key: Features, weights: WeightProfile | NDArray[np.float32]) -> Scores:
    """worth(u, v) for all u of `query` and v of `key`: (r, c) in 0-100, NaN where they share no weighted
    dimension.

    weights: a profile, or own weights (r, 8) of the people of `query`.
    """
    own = np.broadcast_to(weights.vector() if isinstance(weights, WeightProfile) else weights, query.present.shape)
    widths = np.diff(query.edges)
    sums = (query.query * np.repeat(own, widths, axis=1)) @ key.key.T
    shares = (query.present * own) @ key.present.T.astype(np.float32)
    return _bounded(np.divide(sums, shares, out=np.full_like(sums, np.nan), where=shares > 0.0))


def reciprocal(worth: Scores, back: Scores) -> Scores:
    """A pair's worth from worth(u, v) and worth(v, u), same shape: two thirds the less keen side, one the
    keener.
    """
    return np.asarray(KEENNESS * np.minimum(worth, back) + (1.0 - KEENNESS) * np.maximum(worth, back))


def breakdown(one: Features, other: Features) -> Scores:
    """Score of each dimension for m pairs (row i of both): (m, 8) in 0-100, NaN where one of the two lacks
    it.

    The mean of both directions, so it is the same whichever side asks.
    """
    both = one.present & other.present
    scores = (directed_breakdown(one, other) + directed_breakdown(other, one)) / 2.0
    return np.where(both, scores, np.float32(np.nan))


def directed_breakdown(one: Features, other: Features) -> Scores:
    """What the other is worth to one in each dimension, (m, 8); zero where missing."""
    starts = np.array(one.edges[:-1])
    return _bounded(np.add.reduceat(one.query * other.key, starts, axis=1, dtype=np.float32))


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
