"""Where a likeness stands among those of the population."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PUBLIC_STEP = 5

STEPS = 1_000
"""Into how many equal parts a population of likenesses is cut."""


def cuts(totals: NDArray[np.float64]) -> list[float]:
    """The totals (m,) at 0, 1/STEPS ... 1 of the population, ascending. Raises ValueError where there are none."""
    if not len(totals):
        raise ValueError("a population of no pairs has no percentiles")
    found: list[float] = np.quantile(totals, np.linspace(0.0, 1.0, STEPS + 1)).tolist()
    return found


def percentiles(totals: NDArray[np.float64], ascending: Sequence[float]) -> NDArray[np.int64]:
    """How many of a hundred pairs of the population are less alike than each of these (n,): 0 to 100."""
    below: NDArray[np.int64] = np.searchsorted(np.asarray(ascending), totals, side="left")
    return (100 * below) // len(ascending)


def pairs(faces: int, people: NDArray[np.int64], most: int, seed: int) -> NDArray[np.int64]:
    """At most `most` pairs (m, 2) of faces of different people, each once: all of them, or as drawn by `seed`.

    people (faces,): whose each face is.
    """
    if faces * (faces - 1) // 2 <= most:
        found = np.stack(np.triu_indices(faces, 1), axis=1)
    else:
        drawn = np.random.default_rng(seed).integers(0, faces, size=(most, 2))
        found = np.unique(np.sort(drawn, axis=1), axis=0)
    return found[people[found[:, 0]] != people[found[:, 1]]]


def public(percentile: int | None) -> int | None:
    """A percentile as people see it: in steps, so that nobody can solve for what another looks like; rounded down."""
    return None if percentile is None else percentile // PUBLIC_STEP * PUBLIC_STEP


def stepped(share: float | None) -> int | None:
    """A likeness from 0 to 1 in percent as people see it, in the same steps; halves up."""
    return None if share is None else int(100 * share / PUBLIC_STEP + 0.5) * PUBLIC_STEP
