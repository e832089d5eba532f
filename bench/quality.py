"""How good the proposals of small pools are, against the best that any choice could do."""

import resource
from dataclasses import dataclass
from typing import Any

import numpy as np
import rustworkx
from numpy.typing import NDArray

from bench.report import figure
from matching.engine.proposals import Pairs, possible_pairs, proposals
from matching.engine.ranking import NOBODY, Ints, Shortlist, gini

TARGET = 0.95
SEEDS = range(6)
POOLS = ((200, 50, 1), (100, 10, 1), (50, 8, 2), (40, 6, 3))
"""People, shortlist and capacity of the pools; each is drawn once with every seed."""

WOMEN = 0.42
SAME_GENDER = 0.1
TASTES, TRAITS = 6, 12
LIFTS = {"waiting_lift": 1.0, "waiting_bound": 10.0, "exposure_lift": 5.0}
UNIT = 1000
"""The reference counts in whole numbers: thousandths of a point."""


@dataclass(frozen=True)
class Found:
    """Of one pool: worth and the optimum's, people served and servable (with a capacity of one the most that can be,
    else those the optimum serves), Gini's inequality of exposure, and that of greedy top-k.
    """

    worth: float
    optimum: float
    served: int
    servable: int
    inequality: float
    greedy_inequality: float


def run() -> list[dict[str, Any]]:
    """One figure over all pools: worth of the proposals against exact maximum-weight b-matchings."""
    found = [_measure(*pool, seed) for pool in POOLS for seed in SEEDS]
    ratios = [one.worth / one.optimum for one in found]
    ours = float(np.mean([one.inequality for one in found]))
    theirs = float(np.mean([one.greedy_inequality for one in found]))
    left_out = sum(max(0, one.servable - one.served) for one in found)
    guard = (
        f"worst pool {min(ratios):.3f}; Gini of exposure {ours:.3f}, at most half of greedy top-k's {theirs:.3f}; "
        f"{left_out} left out of {sum(one.servable for one in found)} who can be served"
    )
    return [
        figure(
            "matching.quality",
            ours=[sum(one.worth for one in found)],
            reference=[sum(one.optimum for one in found)],
            at_least=TARGET,
            guard=guard,
            guard_ok=min(ratios) >= TARGET and ours <= theirs / 2.0 and left_out == 0,
            unit="points",
            n=sum(people for people, _, _ in POOLS) * len(SEEDS),
            peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
    ]


def _measure(people: int, k: int, capacity: int, seed: int) -> Found:
    pairs = skewed_pool(people, k, seed)
    chosen = proposals(pairs, np.zeros(people), np.zeros(people, dtype=np.int64), capacity, **LIFTS)
    best = best_matching(pairs, people) if capacity == 1 else best_b_matching(pairs, people, capacity)
    most = best_matching(pairs, people, most=True) if capacity == 1 else best
    shown = times_shown(pairs, chosen, people)
    return Found(
        worth=float(pairs.worth[chosen].sum()),
        optimum=float(pairs.worth[best].sum()),
        served=int((shown > 0).sum()),
        servable=int((times_shown(pairs, most, people) > 0).sum()),
        inequality=gini(shown),
        greedy_inequality=gini(greedy_exposure(pairs, people, capacity)),
    )


def skewed_pool(people: int, k: int, seed: int, women: float = WOMEN) -> Pairs:
    """The possible pairs of a pool with more men than women, tastes in clusters, and some whom everybody likes."""
    rng = np.random.default_rng(seed)
    woman = rng.random(people) < women
    seeks_woman = np.where(rng.random(people) < SAME_GENDER, woman, ~woman)
    centres, taste = rng.normal(size=(TASTES, TRAITS)), rng.integers(0, TASTES, people)
    key, query = (_unit(centres[taste] + rng.normal(size=(people, TRAITS))) for _ in range(2))
    liking = query @ key.T + 0.25 * rng.normal(size=people)
    both = 65.0 + 15.0 * (2.0 * np.minimum(liking, liking.T) + np.maximum(liking, liking.T)) / 3.0
    wanted = seeks_woman[:, None] == woman
    allowed = wanted & wanted.T & ~np.eye(people, dtype=bool) & (both >= 45.0)
    scores = np.where(allowed, both, -1.0)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    worth = np.take_along_axis(scores, best, axis=1)
    return possible_pairs(Shortlist(np.where(worth < 0.0, NOBODY, best), worth.astype(np.float32)))


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def best_matching(pairs: Pairs, people: int, *, most: bool = False) -> Ints:
    """Positions of the pairs of an exact maximum-weight matching; with `most`, among those of the most pairs."""
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(people))
    graph.add_edges_from(list(zip(pairs.first.tolist(), pairs.second.tolist(), whole(pairs), strict=True)))
    return _positions(pairs, rustworkx.max_weight_matching(graph, max_cardinality=most, weight_fn=int), people)


def best_b_matching(pairs: Pairs, people: int, capacity: int) -> Ints:
    """Positions of the pairs of an exact maximum-weight matching in which everybody has `capacity` places.

    By the textbook gadget: a person is as many nodes as they have places, and a pair is two nodes, joined to each other
    and to the places of one end each, all with the pair's weight. A pair left out earns its weight once, by its inner
    edge, and a chosen one twice.
    """
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(people * capacity + 2 * len(pairs)))
    for p, weight in enumerate(whole(pairs)):
        near = people * capacity + 2 * p
        graph.add_edge(near, near + 1, weight)
        for end, node in ((pairs.first[p], near), (pairs.second[p], near + 1)):
            graph.add_edges_from([(int(end) * capacity + place, node, weight) for place in range(capacity)])
    matched = rustworkx.max_weight_matching(graph, weight_fn=int)
    inner = np.array(
        [max(edge) - people * capacity for edge in matched if min(edge) < people * capacity], dtype=np.int64
    )
    return np.flatnonzero(np.bincount(inner // 2, minlength=len(pairs)) == 2)


def whole(pairs: Pairs) -> list[int]:
    """Worth in whole numbers, since the reference counts in them."""
    return [round(worth * UNIT) for worth in pairs.worth.tolist()]


def _positions(pairs: Pairs, matched: set[tuple[int, int]], people: int) -> Ints:
    keys = np.array([min(edge) * people + max(edge) for edge in matched], dtype=np.int64)
    return np.flatnonzero(np.isin(pairs.first * people + pairs.second, keys))


def times_shown(pairs: Pairs, chosen: Ints, people: int) -> Ints:
    """How often each person is proposed to somebody."""
    return np.bincount(np.concatenate((pairs.first[chosen], pairs.second[chosen])), minlength=people)


def greedy_exposure(pairs: Pairs, people: int, k: int) -> Ints:
    """How often each person is shown if everybody is shown the k best for them, whoever else is."""
    owner, other = np.concatenate((pairs.first, pairs.second)), np.concatenate((pairs.second, pairs.first))
    order = np.lexsort((-np.concatenate((pairs.worth, pairs.worth)), owner))
    first = np.flatnonzero(np.diff(owner[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return np.bincount(other[order][rank < k], minlength=people)


if __name__ == "__main__":
    print(run())
