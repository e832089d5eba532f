"""From scores to shortlists, and how evenly they fall. Everything is deterministic: ties go to the lower
index.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.filters import Block
from matching.engine.scores import Scores

Ints = NDArray[np.int64]

NOBODY = -1
"""Fills the rest of a shortlist that has fewer candidates than places."""

_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class Shortlist:
    """candidates (r, k): indices of people, best first, NOBODY where none is left; worth (r, k) or NaN."""

    candidates: Ints
    worth: Scores


def shortlist(scores: Scores, allowed: Block, k: int, first_column: int = 0) -> Shortlist:
    """The k best allowed of each row of a block of scores (r, c) in 0-100; NaN scores are not allowed.

    `first_column` is the index of the block's first column among all people. Score and column are packed in
    one integer (a non-negative float orders like its bits), so that one partition does it and ties are
    settled.
    """
    bits = np.ascontiguousarray(scores, dtype=np.float32).view(np.int32).astype(np.int64)
    columns = np.arange(first_column, first_column + scores.shape[1])
    packed = np.where(allowed & (scores >= 0.0), bits << 32 | (_LOW - columns), np.int64(NOBODY))
    return _unpack(_largest(packed, k))


def merge(lists: list[Shortlist], k: int) -> Shortlist:
    """One shortlist out of several for the same rows over different columns."""
    candidates = np.hstack([part.candidates for part in lists])
    bits = np.hstack([part.worth for part in lists]).view(np.int32).astype(np.int64)
    return _unpack(_largest(np.where(candidates == NOBODY, NOBODY, bits << 32 | (_LOW - candidates)), k))


def _largest(packed: Ints, k: int) -> Ints:
    """The k largest of each row in falling order, filled up with NOBODY."""
    if packed.shape[1] > k:
        packed = np.partition(packed, packed.shape[1] - k, axis=1)[:, -k:]
    short = np.full((len(packed), k - packed.shape[1]), NOBODY, dtype=np.int64)
    return np.hstack((np.sort(packed, axis=1)[:, ::-1], short))


def _unpack(packed: Ints) -> Shortlist:
    nobody = packed == NOBODY
    worth = (packed >> 32).astype(np.int32).view(np.float32)
    return Shortlist(np.where(nobody, NOBODY, _LOW - (packed & _LOW)), np.where(nobody, np.float32(np.nan), worth))


def exposure(chosen: Ints, people: int) -> Ints:
    """How often each of n people is shown in lists of indices of any shape; NOBODY is not counted."""
    return np.bincount(chosen[chosen != NOBODY].ravel(), minlength=people)


def gini(counts: NDArray[np.integer] | NDArray[np.floating]) -> float:
    """Gini's inequality of exposure: 0 where all have alike (or none any), towards 1 where one has all."""
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    total, n = ordered.sum(), len(ordered)
    if total == 0.0:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))
