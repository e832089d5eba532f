"""Possible pairs as a graph the kernels of the fairness pass walk through: rows of neighbours, best first."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Indices = NDArray[np.int32]

FREE = -1
"""The partner of somebody who has none."""


class Graph(NamedTuple):
    """n people and m pairs in compressed sparse rows.

    ends (m, 2): people of each pair, best pair first. The row of person v is start[v]:start[v + 1] of neighbour and
    weight (2m,): the other person and the weight of each of their pairs, best first.
    """

    ends: Indices
    start: Ints
    neighbour: Indices
    weight: Floats


def build(ends: Indices, weight: Floats, people: int) -> Graph:
    """The graph of pairs (m, 2) of weight (m,), given best first."""
    return Graph(ends, *_rows(ends, weight, people))


def canonical_order(ends: Indices, people: int) -> Ints:
    """The people (n,) in an order that follows from their pairs (given best first), not from their indices.

    Sorted by their best pair, then by their second best: two people share one pair at most, so a tie is left only
    between the two ends of a pair that has no neighbour.
    """
    best = _best_two(ends, people)
    return np.asarray(np.lexsort((best[:, 1], best[:, 0])))


@njit(cache=True)
def _best_two(ends: Indices, people: int) -> Indices:
    best = np.full((people, 2), len(ends), dtype=np.int32)
    for p in range(len(ends)):
        for v in ends[p]:
            if best[v, 0] == len(ends):
                best[v, 0] = p
            elif best[v, 1] == len(ends):
                best[v, 1] = p
    return best


@njit(cache=True)
def _rows(ends: Indices, weight: Floats, people: int) -> tuple[Ints, Indices, Floats]:
    """start, neighbour and weight of the rows: a counting sort that keeps the order of the pairs."""
    start = np.zeros(people + 1, dtype=np.int64)
    for p in range(len(ends)):
        start[ends[p, 0] + 1] += 1
        start[ends[p, 1] + 1] += 1
    start = np.cumsum(start)
    filled = start[:-1].copy()
    neighbour = np.empty(2 * len(ends), dtype=np.int32)
    weights = np.empty(2 * len(ends))
    for p in range(len(ends)):
        for side in range(2):
            v = ends[p, side]
            neighbour[filled[v]], weights[filled[v]] = ends[p, 1 - side], weight[p]
            filled[v] += 1
    return start, neighbour, weights
