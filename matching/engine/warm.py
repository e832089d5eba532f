"""Compile the kernels ahead: `python -m matching.engine.warm`.

Numba compiles a function when it is first called and keeps the result on disk. Done when the project is installed, it
does not fall to the first person who waits for a proposal, nor to every test process at once.
"""

import numpy as np

from matching.engine import blocks
from matching.engine.features import DIMENSIONS, Features
from matching.engine.filters import ROMANCE, Pool
from matching.engine.proposals import possible_pairs, proposals
from matching.engine.ranking import Field, merge, rank
from matching.engine.scores import WeightProfile, breakdown, breakdown_of, weighted

PEOPLE = 6


def warm() -> None:
    """A run over a few people who all may meet."""
    rng = np.random.default_rng(1)
    vectors = rng.random((2, PEOPLE, len(DIMENSIONS)), dtype=np.float32)
    present = np.ones((PEOPLE, len(DIMENSIONS)), dtype=bool)
    leanings = np.zeros((PEOPLE, len(DIMENSIONS)), dtype=np.float32)
    features = Features(vectors[0], vectors[1], present, leanings, tuple(range(len(DIMENSIONS) + 1)))
    pool = _anybody()
    cut = blocks.cut(pool)
    meetings, _ = blocks.meetings(pool, cut)
    profile = weighted(features, WeightProfile("warm", {DIMENSIONS[0]: 1.0}))
    for apart in (np.empty((0, 2), dtype=np.int64), _all_but_one()):
        field = Field(pool, cut, profile, profile, apart)
        ranked = merge(rank(field, meetings, 3), rank(field, meetings, 3))
    pairs = possible_pairs(rank(field, meetings, 3).lists)
    breakdown_of(features, pairs.first, pairs.second)
    breakdown(features, features)
    everybody = possible_pairs(ranked.lists)
    proposals(everybody, np.zeros(PEOPLE), np.zeros(PEOPLE, dtype=np.int64))


def _anybody() -> Pool:
    ones, none = np.ones(PEOPLE, dtype=np.uint64), np.zeros(PEOPLE, dtype=np.uint64)
    age = np.full(PEOPLE, 30, dtype=np.int16)
    free = np.zeros(PEOPLE, dtype=np.uint8)
    return Pool(
        person=np.arange(PEOPLE), age=age, age_min=age, age_max=age, place=np.full((PEOPLE, 3), np.nan),
        nearest=np.full(PEOPLE, -np.inf), languages=ones, mode=np.full(PEOPLE, ROMANCE, dtype=np.uint8),
        gender=free, seeks=free, off_limits=none, topics=none,
    )  # fmt: skip


def _all_but_one() -> np.ndarray:
    """All pairs but the first kept apart, so that few of the block are left."""
    rows, columns = np.nonzero(~np.eye(PEOPLE, dtype=bool))
    kept = np.minimum(rows, columns) + np.maximum(rows, columns) > 1
    return np.column_stack((rows[kept], columns[kept]))


if __name__ == "__main__":
    warm()
