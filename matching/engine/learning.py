"""What a person's judgements of matches teach of their own weights. Small steps, bounded in sum, fading.

One judgement gives a delta: a relative change of each weight. All of a person's deltas give their leaning,

    leaning = B tanh(S / B),    S = sum_i 2^(-age_i / HALF_LIFE) delta_i,    B = FEEDBACK_BOUND.

For few judgements that is their plain sum, so that two that agree move twice as far as one; however many agree, it
never reaches the bound; judgements that contradict each other cancel; and one that is HALF_LIFE old counts half.
"""

from collections.abc import Mapping
from hashlib import blake2b
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matching.engine.features import DIMENSIONS
from matching.engine.scores import FEEDBACK_BOUND

STEP = 0.1
"""The most one judgement moves one weight, as a share of it."""

DELTA_BOUND = 0.5
"""The most one judgement moves all weights together."""

HALF_LIFE = 180.0
"""Days after which a judgement counts half: people change."""

HELD_OUT = 5
"""One match in so many is held out: nobody's leaning learns from it, so that what learning does can be tested."""


def held_out(match_id: UUID) -> bool:
    """Whether a match is kept for testing: decided once and for all by a hash of its id, the same everywhere."""
    return int.from_bytes(blake2b(match_id.bytes, digest_size=8).digest()) % HELD_OUT == 0


def delta(breakdown: Mapping[str, float | None], rating: int) -> NDArray[np.float64]:
    """How a rating of 1-5 moves the person's own weights: (8,) relative changes in the order of DIMENSIONS.

    A dimension that scored above neutral spoke for this match. Liked, it gains weight, disliked, it loses: in
    proportion to how far the score was above neutral and the rating from the middle, by at most STEP, and
    DELTA_BOUND in all.
    """
    scores = np.array([breakdown.get(name) or 0.0 for name in DIMENSIONS])
    moved = STEP * (rating - 3) / 2 * np.clip((scores - 50.0) / 50.0, 0.0, 1.0)
    return np.asarray(moved * min(1.0, DELTA_BOUND / max(np.abs(moved).sum(), DELTA_BOUND)))


def leanings(
    deltas: NDArray[np.floating], owner: NDArray[np.integer], age_days: NDArray[np.floating], people: int
) -> NDArray[np.float64]:
    """Leanings of n people, (n, 8) within FEEDBACK_BOUND either way; zeros for who judged nothing.

    deltas (m, 8), owner (m,): whose each is, 0 to n - 1, in any order; age_days (m,): how old, a future one is new.
    """
    fading = np.exp2(-np.maximum(age_days, 0.0) / HALF_LIFE)
    sums = np.zeros((people, len(DIMENSIONS)))
    np.add.at(sums, owner, deltas * fading[:, None])
    return np.asarray(FEEDBACK_BOUND * np.tanh(sums / FEEDBACK_BOUND))
