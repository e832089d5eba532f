"""Everybody's shortlist, and how evenly people are shown. Everything is deterministic: ties go to the lower index.

A pair of people is looked at once, for both: its worth is the same whichever side asks. Where most of a block may
meet, all its scores are one matrix product; where few may, theirs alone are computed, which costs less.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matching.engine import filters
from matching.engine.blocks import Blocks
from matching.engine.filters import ROMANCE, Block, Pool
from matching.engine.scores import KEENNESS, Scores, Weighted, reciprocal

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]

NOBODY = -1
"""Fills the rest of a shortlist that has fewer candidates than places."""

BEAT_SECONDS = 1.0

DENSE = 0.3
"""The share of a block above which the product of all is cheaper than those of the pairs that may meet."""


@dataclass(frozen=True)
class Shortlist:
    """candidates (n, k) int32: indices of people, best first, NOBODY where none is left; worth (n, k), NaN there."""

    candidates: Numbers
    worth: Scores

    @classmethod
    def empty(cls, people: int, k: int) -> "Shortlist":
        return cls(np.full((people, k), NOBODY, dtype=np.int32), np.full((people, k), np.nan, dtype=np.float32))


@dataclass(frozen=True)
class Field:
    """What is needed to rank a pool that stands in order of its blocks.

    `apart` (m, 2): ordered pairs of people, both ways and sorted, who must not meet whatever the filters say.
    """

    pool: Pool
    blocks: Blocks
    romance: Weighted
    friendship: Weighted
    apart: Ints

    def weighted(self, first: slice, second: slice) -> Weighted:
        """Both allow romance: such pairs are weighed by the one profile, all others by the other. Of a block's people
        some may be gone, without a mode.
        """
        mode, other = (np.bitwise_or.reduce(self.pool.mode[block]) for block in (first, second))
        return self.romance if mode & other & ROMANCE else self.friendship


@dataclass(frozen=True)
class Ranked:
    """Shortlists of everybody, and how many ordered pairs each filter was the first to turn down."""

    lists: Shortlist
    turned_down: dict[str, int]


def rank(field: Field, meetings: Ints, k: int, *, threads: int = 1, beat: Callable[[], None] = lambda: None) -> Ranked:
    """The k best of everybody out of these pairs of blocks (m, 2). `beat` is called now and then, by the caller's
    thread.
    """
    with threadpool_limits(1), ThreadPoolExecutor(threads) as executor:
        parts = [executor.submit(_rank, field, meetings[start::threads], k) for start in range(threads)]
        while wait(parts, timeout=BEAT_SECONDS).not_done:
            beat()
        return reduce(merge, (part.result() for part in parts))


def merge(one: Ranked, other: Ranked) -> Ranked:
    """What was ranked apart, together; `one` is used up."""
    _take_in(other.lists.candidates, other.lists.worth, one.lists.candidates, one.lists.worth)
    names = {*one.turned_down, *other.turned_down}
    counts = {name: one.turned_down.get(name, 0) + other.turned_down.get(name, 0) for name in names}
    return Ranked(one.lists, counts)


def _rank(field: Field, meetings: Ints, k: int) -> Ranked:
    lists = Shortlist.empty(len(field.pool), k)
    turned_down: dict[str, int] = {}
    for one, other in meetings.tolist():
        first, second = field.blocks.people(one), field.blocks.people(other)
        block, counts = _screen(field, first, second)
        for name, count in counts.items():
            turned_down[name] = turned_down.get(name, 0) + count * (1 if one == other else 2)
        _offer_block(field, block, first, second, lists)
    return Ranked(lists, turned_down)


def _screen(field: Field, first: slice, second: slice) -> tuple[Block, dict[str, int]]:
    """Who of two blocks may meet; within one block each pair once."""
    block, counts = filters.screen(field.pool.take(first), field.pool.take(second))
    apart = field.apart[slice(*np.searchsorted(field.apart[:, 0], [first.start, first.stop]))]
    apart = apart[(apart[:, 1] >= second.start) & (apart[:, 1] < second.stop)]
    block[apart[:, 0] - first.start, apart[:, 1] - second.start] = False
    return (np.triu(block) if first == second else block), counts


def _offer_block(field: Field, block: Block, first: slice, second: slice, lists: Shortlist) -> None:
    """Put the pairs of a block on both sides' lists where they are among the best."""
    rows, columns = np.nonzero(block)
    if not len(rows):
        return
    weighted = field.weighted(first, second)
    one, other = weighted.take(first), weighted.take(second)
    if len(rows) > DENSE * block.size:
        worth = reciprocal(one, other)[rows, columns]
    else:
        worth = _worth_of_pairs(rows, columns, _arrays(one), _arrays(other))
    _offer(rows + first.start, columns + second.start, worth, lists.candidates, lists.worth)


def _arrays(side: Weighted) -> tuple[NDArray[Any], ...]:
    return side.query, side.key, side.pattern, side.inverse


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _worth_of_pairs(rows, columns, one, other):  # type: ignore[no-untyped-def]
    """`scores.reciprocal` of some pairs of two blocks, (m,)."""
    query, key, pattern, inverse = one
    queries, keys, patterns, inverses = other
    worth = np.empty(len(rows), np.float32)
    for pair in range(len(rows)):
        u, v = rows[pair], columns[pair]
        there, back = np.float32(0.0), np.float32(0.0)
        for feature in range(query.shape[1]):
            there += query[u, feature] * keys[v, feature]
            back += queries[v, feature] * key[u, feature]
        there = min(max(there * inverse[u, patterns[v]], np.float32(0.0)), np.float32(100.0))
        back = min(max(back * inverses[v, pattern[u]], np.float32(0.0)), np.float32(100.0))
        worth[pair] = KEENNESS * min(there, back) + (np.float32(1.0) - KEENNESS) * max(there, back)
    return worth


@njit(cache=True, nogil=True)
def _offer(one, other, worth, candidates, best):  # type: ignore[no-untyped-def]
    for pair in range(len(one)):
        _insert(one[pair], other[pair], worth[pair], candidates, best)
        _insert(other[pair], one[pair], worth[pair], candidates, best)


@njit(cache=True, nogil=True)
def _take_in(candidates, worth, into, best):  # type: ignore[no-untyped-def]
    for person in range(len(candidates)):
        for place in range(candidates.shape[1]):
            if candidates[person, place] == NOBODY:
                break
            _insert(person, candidates[person, place], worth[person, place], into, best)


@njit(cache=True, nogil=True)
def _insert(person, candidate, worth, candidates, best):  # type: ignore[no-untyped-def]
    """Keep a list in order of worth, then index; it falls off where it is not among the best. NaN never enters."""
    place = candidates.shape[1] - 1
    last = candidates[person, place]
    wins = worth > best[person, place] or (worth == best[person, place] and candidate < last) or last == NOBODY
    if np.isnan(worth) or not wins:
        return
    while place > 0:
        before = candidates[person, place - 1]
        better = before == NOBODY or worth > best[person, place - 1]
        if not (better or (worth == best[person, place - 1] and candidate < before)):
            break
        candidates[person, place], best[person, place] = before, best[person, place - 1]
        place -= 1
    candidates[person, place], best[person, place] = candidate, worth


def best(worth: Scores, candidates: NDArray[np.integer], k: int) -> Ints:
    """Where the k best of some candidates (m,) stand, best first; NaN is not among them."""
    order = np.lexsort((candidates, -worth))
    return order[~np.isnan(worth[order])][:k]


def exposure(chosen: NDArray[np.integer], people: int) -> Ints:
    """How often each of n people is shown in lists of indices of any shape; NOBODY is not counted."""
    return np.bincount(chosen[chosen != NOBODY].ravel(), minlength=people)


def gini(counts: NDArray[np.integer] | NDArray[np.floating]) -> float:
    """Gini's inequality of exposure: 0 where all have alike (or none any), towards 1 where one has all."""
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    total, n = ordered.sum(), len(ordered)
    if total == 0.0:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))
