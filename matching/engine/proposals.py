"""Who is proposed to whom: a matching with capacities that lifts who waited and who is rarely shown.

Capacities are filled in rounds of one proposal each, so that everybody who can be is served once before anybody is
served twice. A round starts from a greedy choice by priority, turns it into one that serves as many people as any
choice can, those in most need first, and raises the priority of the pairs while the same number stays served.
Deterministic, and who somebody is does not depend on where they stand in the arrays.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.augmenting import serve
from matching.engine.exchanges import greedy, improve
from matching.engine.matching_graph import Floats, Ints, build, canonical_order
from matching.engine.ranking import NOBODY, Shortlist

NEED_STEP = 1.0
"""Points of lift by which somebody must be in more need to be served rather than somebody else."""


@dataclass(frozen=True)
class Pairs:
    """m possible pairs: indices of people, first < second (m,), and reciprocal worth 0-100 (m,).

    Sorted by first, then second, each pair once; `possible_pairs` makes them so.
    """

    first: Ints
    second: Ints
    worth: Floats

    def __len__(self) -> int:
        return len(self.first)


def possible_pairs(lists: Shortlist) -> Pairs:
    """The pairs on anybody's shortlist, once each.

    Row i of the lists belongs to person i, and their worth must be reciprocal, so that both sides' lists say
    the same of a pair.
    """
    people = len(lists.candidates)
    owner = np.broadcast_to(np.arange(people)[:, None], lists.candidates.shape)
    real = lists.candidates != NOBODY
    one, other = owner[real], lists.candidates[real]
    keys, where = np.unique(np.minimum(one, other) * people + np.maximum(one, other), return_index=True)
    return Pairs(keys // people, keys % people, lists.worth[real][where].astype(np.float64))


def lift(
    waited_days: Floats,
    exposure: Ints,
    waiting_lift: float,
    waiting_bound: float,
    exposure_lift: float,
) -> Floats:
    """Points each person (n,) brings to their pairs."""
    waiting = np.minimum(waited_days * waiting_lift, waiting_bound)
    return np.asarray(waiting + exposure_lift / (1.0 + exposure))


def proposals(
    pairs: Pairs,
    waited_days: Floats,
    exposure: Ints,
    capacity: Ints | int = 1,
    *,
    waiting_lift: float = 0.0,
    waiting_bound: float = 0.0,
    exposure_lift: float = 0.0,
) -> Ints:
    """Positions in `pairs` that are proposed, in rising order.

    waited_days (n,): since the last proposal. exposure (n,): times shown lately. capacity: open proposals a
    person may have, one number or (n,). Nobody gets more than their capacity. Lifts as in `lift`.

    With a capacity of one, as many people are served as any choice can serve, and nobody is left out in whose place
    somebody is served in less need (by whole points of lift). Whoever is left out has no possible partner who could be
    freed by moving others. With more, that holds of each round, given the rounds before it.
    """
    waited, shown = np.array(waited_days, dtype=np.float64), np.array(exposure, dtype=np.int64)
    room = np.array(np.broadcast_to(np.asarray(capacity, dtype=np.int64), shown.shape))
    taken = np.zeros(len(pairs), dtype=np.bool_)
    while True:
        left = np.flatnonzero(~taken & (room[pairs.first] > 0) & (room[pairs.second] > 0))
        if not len(left):
            return np.flatnonzero(taken)
        lifts = lift(waited, shown, waiting_lift, waiting_bound, exposure_lift)
        chosen = left[_one_each(pairs.first[left], pairs.second[left], pairs.worth[left], lifts)]
        taken[chosen] = True
        served = np.concatenate((pairs.first[chosen], pairs.second[chosen]))
        room[served], shown[served], waited[served] = room[served] - 1, shown[served] + 1, 0.0


def _one_each(first: Ints, second: Ints, worth: Floats, lifts: Floats) -> Ints:
    """Positions of pairs that give nobody more than one partner."""
    priority = worth + (lifts[first] + lifts[second]) / 2.0
    falling = np.argsort(-priority, kind="stable")
    ends = np.column_stack((first[falling], second[falling])).astype(np.int32)
    people = canonical_order(ends, len(lifts))
    number = np.empty(len(people), dtype=np.int32)
    number[people] = np.arange(len(people))
    graph = build(number[ends], priority[falling], len(people))
    need = np.floor(lifts[people] / NEED_STEP).astype(np.int64)
    mate = greedy(graph)
    serve(graph, need, mate)
    improve(graph, need, mate)
    return np.asarray(falling[mate[graph.ends[:, 0]] == graph.ends[:, 1]])
