"""People as vectors: a query and a key each, so that every score of every pair is an inner product.

For each dimension d, score_d(u, v) = query_d(u) @ key_d(v), already on the scale 0-100. Cosine dimensions are
50 + 50 cos, the constant riding along as one more feature; bounds hold by Cauchy and Schwarz and are never
clipped, so sums of scores stay exact. What is missing is a row of zeros and a false bit in `present`.

Calibration: 50 is neutral, and the maps are fixed, so a score does not depend on who else is in the pool.
Over random pairs of births between 1945 and 2007 astro has mean 50 and spread 10, hd 53 and 6; the spread of
the others depends on the answers (about 50 / sqrt(number of independent answers)).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine import channels, synastry
from matching.engine.ephemeris import Floats
from matching.engine.human_design import Bits

Reals = NDArray[np.floating]

DIMENSIONS = ("astro", "hd", "values", "communication", "interests", "depth", "availability", "readiness")

VALUES_SHARE = 0.7
"""Of the values dimension; life goals have the rest."""

EMPHASIS = (3.0, 2.0, 1.0)
"""What a person's first, second and third non-negotiable add to the weight one of everything else."""


@dataclass(frozen=True)
class People:
    """n people as the database has them; a row of NaN (or one NaN for a number) means not given.

    astro (n, synastry.WIDTH) and hd (n, channels.WIDTH): from `halves`. values (n, V), goals (n, G),
    communication (n, C): -1 to 1, 0 neutral. interests (n, I): 0-100. depth (n,): 0 light to 1 deep.
    availability (n, A): hours, or 0 and 1, a slot of the week. readiness (n,): 0-100. values_weight (n, V)
    and interests_weight (n, I): from `emphasis`, ones without non-negotiables. A single NaN inside a given
    row counts as neutral.
    """

    astro: Reals
    hd: Reals
    values: Reals
    goals: Reals
    communication: Reals
    interests: Reals
    depth: Reals
    availability: Reals
    readiness: Reals
    values_weight: Reals
    interests_weight: Reals

    def __len__(self) -> int:
        return len(self.readiness)


@dataclass(frozen=True)
class Features:
    """query and key (n, F) float32; present (n, 8) bool in the order of DIMENSIONS; leanings (n, 8) float32: how
    far feedback moved each weight, as a share of it; edges (9,): dimension d owns the columns edges[d]:edges[d + 1].
    """

    query: NDArray[np.float32]
    key: NDArray[np.float32]
    present: NDArray[np.bool_]
    leanings: NDArray[np.float32]
    edges: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.query)

    def columns(self, dimension: str) -> slice:
        i = DIMENSIONS.index(dimension)
        return slice(self.edges[i], self.edges[i + 1])

    def take(self, people: NDArray[np.integer] | slice) -> "Features":
        return Features(self.query[people], self.key[people], self.present[people], self.leanings[people], self.edges)


@dataclass(frozen=True)
class Block:
    """One dimension: query and key (n, w) and who has it (n,)."""

    query: Floats
    key: Floats
    present: Bits


def emphasis(ranks: NDArray[np.integer]) -> Floats:
    """Weights from ranks of non-negotiables, any shape: 0 none, 1 the most important, 2, 3."""
    return np.asarray(1.0 + np.array([0.0, *EMPHASIS])[ranks])


def features(people: People, leanings: Reals | None = None) -> Features:
    """Query and key vectors of all people. leanings (n, 8): none where not given."""
    blocks = list(_blocks(people))
    kept = [(b.query * b.present[:, None], b.key * b.present[:, None]) for b in blocks]
    return Features(
        query=np.hstack([query for query, _ in kept]).astype(np.float32),
        key=np.hstack([key for _, key in kept]).astype(np.float32),
        present=np.column_stack([block.present for block in blocks]),
        leanings=np.zeros((len(people), len(blocks)), np.float32) if leanings is None else leanings.astype(np.float32),
        edges=(0, *np.cumsum([block.key.shape[1] for block in blocks]).tolist()),
    )


def _blocks(people: People) -> Iterator[Block]:
    """One block a dimension, in the order of DIMENSIONS."""
    astro = _known(people.astro)
    yield _affine(astro, astro * synastry.signs_and_scales()[0], _given(people.astro))
    yield _affine(*channels.turn(_known(people.hd)), _given(people.hd))
    yield _values(people)
    yield _cosine(people.communication)
    yield _cosine((people.interests - 50.0) / 50.0, people.interests_weight)
    yield _depth(people.depth)
    yield _availability(people.availability)
    yield _readiness(people.readiness)


def _values(people: People) -> Block:
    """Values with life goals folded in; without goals their share is neutral. Only values make it present."""
    values, goals = _cosine(people.values, people.values_weight), _cosine(people.goals)
    parts = ((VALUES_SHARE, values), (1.0 - VALUES_SHARE, goals))
    query = np.hstack([share * block.query[:, 1:] for share, block in parts])
    key = np.hstack([block.key[:, 1:] for _, block in parts])
    return Block(np.hstack((values.query[:, :1], query)), np.hstack((values.key[:, :1], key)), values.present)


def _cosine(vectors: Reals, weight: Reals | None = None) -> Block:
    """50 + 50 cos of the angle between a person's own weighting of their vector and the other's plain one."""
    plain = _known(vectors)
    own = plain if weight is None else plain * weight
    return _affine(_unit(own), _unit(plain), _given(vectors))


def _depth(depth: Reals) -> Block:
    """50 + 50 cos(pi (a - b)): equal depth is 100, light meeting deep is 0."""
    angle = np.pi * _known(depth)
    half_circle = np.column_stack((np.cos(angle), np.sin(angle)))
    return _affine(half_circle, half_circle, ~np.isnan(depth))


def _availability(hours: Reals) -> Block:
    """100 cos of two weeks: no common hour is 0, the same week is 100."""
    week = _unit(np.maximum(_known(hours), 0.0))
    return Block(100.0 * week, week, _given(hours))


def _readiness(readiness: Reals) -> Block:
    """The product of two readinesses, as a share of 100."""
    number = _known(readiness)[:, None]
    return Block(number, number / 100.0, ~np.isnan(readiness))


def _affine(query: Floats, key: Floats, present: Bits) -> Block:
    """An inner product in [-1, 1] brought to 0-100."""
    one = np.ones((len(query), 1))
    return Block(np.hstack((50.0 * one, 50.0 * query)), np.hstack((one, key)), present)


def _unit(vectors: Floats) -> Floats:
    """Rows of length one; a row of zeros stays: it is neutral to everybody."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0.0))


def _known(numbers: Reals) -> Floats:
    """What was not given is zero, which is neutral everywhere."""
    return np.nan_to_num(np.asarray(numbers, dtype=np.float64))


def _given(rows: Reals) -> Bits:
    """A row was given if any of it was."""
    return np.asarray(~np.isnan(rows).all(axis=1))
