"""A day of arrivals at the queue, out of a seed, and what pairing makes of it: nothing of it touches a database.

Somebody who is not there already arrives at a moment drawn from a day with a broad evening peak; they wait until they
are paired or as long as anybody may, talk half an hour at most, and may arrive again. Two who talked do not meet
again on the same day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.exchanges import greedy
from matching.engine.matching_graph import Floats, Ints, build
from matching.engine.proposals import Pairs
from matching.engine.queue import Rules, Waiting, possible

DAY = 86_400.0
EVENING, SPREAD = 20.5 * 3600.0, 2.5 * 3600.0
IN_THE_EVENING = 0.6
"""Share of those who arrive around the evening; the others do from seven to midnight."""

TALK = 900.0
"""Seconds a conversation lasts on average, 1,800 at most."""

SWEEP = 10.0
"""Seconds between two looks at those who wait, besides one at each arrival."""

Choose = Callable[[Pairs, Floats, Rules], Pairs]
"""Which of the possible pairs are formed, given how long everybody has waited."""


@dataclass
class Outcome:
    """waits (m,): seconds of those who were paired; worths: of their pairs; arrived: how many waits began; expired:
    how many ended in nothing.
    """

    arrived: int = 0
    expired: int = 0
    waits: list[float] = field(default_factory=list)
    worths: list[float] = field(default_factory=list)

    @property
    def paired(self) -> float:
        """The share of waits that ended in a conversation."""
        return len(self.waits) / max(1, self.arrived)


def moments(rng: np.random.Generator, arrivals: int) -> Floats:
    """When somebody arrives, in seconds of the day, in order."""
    evening = rng.random(arrivals) < IN_THE_EVENING
    peak = np.clip(rng.normal(EVENING, SPREAD, arrivals), 0.0, DAY - 1.0)
    return np.sort(np.where(evening, peak, rng.uniform(7 * 3600.0, DAY - 1.0, arrivals)))


def live_through(crowd: Waiting, *, seed: int, arrivals: int, longest: float, rules: Rules, choose: Choose) -> Outcome:
    """A day of so many arrivals among these people; `longest`: seconds after which a wait expires."""
    rng = np.random.default_rng(seed)
    day, last = _Day(crowd, longest, rules, choose), 0.0
    times = moments(rng, arrivals)
    who = rng.integers(0, len(crowd), arrivals)
    talks = np.minimum(rng.exponential(TALK, arrivals), 2 * TALK)
    for now, person, talk in zip(times.tolist(), who.tolist(), talks.tolist(), strict=True):
        for moment in np.arange(last + SWEEP, now, SWEEP).tolist():
            day.sweep(moment, talk)
        day.arrive(person, now)
        day.sweep(now, talk)
        last = now
    day.expire(DAY)
    return day.outcome


def greedily(pairs: Pairs, waited: Floats, rules: Rules) -> Pairs:
    """The best pair first, whoever waited how long."""
    falling = np.argsort(-pairs.worth, kind="stable")
    ends = np.column_stack((pairs.first, pairs.second))[falling].astype(np.int32)
    mate = greedy(build(ends, pairs.worth[falling], len(waited)))
    return _taken(pairs, np.sort(falling[mate[ends[:, 0]] == ends[:, 1]]))


def exactly(pairs: Pairs, waited: Floats, rules: Rules) -> Pairs:
    """As many pairs as can be, of the highest worth together. Raises ImportError without what tests need."""
    import rustworkx

    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(len(waited)))
    graph.add_edges_from(
        [
            (one, other, round(1000 * worth))
            for one, other, worth in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.worth.tolist(), strict=True)
        ]
    )
    matched = {
        tuple(sorted(pair)) for pair in rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    }
    together = [pair in matched for pair in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)]
    return _taken(pairs, np.flatnonzero(together))


class _Day:
    """Who waits since when (NaN: not), who is busy until when, and who talked already."""

    def __init__(self, crowd: Waiting, longest: float, rules: Rules, choose: Choose) -> None:
        self.crowd, self.longest, self.rules, self.choose = crowd, longest, rules, choose
        self.since, self.busy = np.full(len(crowd), np.nan), np.zeros(len(crowd))
        self.met: set[tuple[int, int]] = set()
        self.outcome = Outcome()

    def arrive(self, person: int, now: float) -> None:
        if np.isnan(self.since[person]) and self.busy[person] <= now:
            self.since[person] = now
            self.outcome.arrived += 1

    def sweep(self, now: float, talk: float) -> None:
        """End what lasted too long and pair whoever can be, for a talk of so many seconds."""
        self.expire(now - self.longest)
        here = np.flatnonzero(~np.isnan(self.since))
        if len(here) < 2:
            return
        some = _some(self.crowd, here, now - self.since[here], self.met)
        formed = self.choose(possible(some, self.rules), some.waited, self.rules)
        self.outcome.worths += formed.worth.tolist()
        for one, other in zip(here[formed.first].tolist(), here[formed.second].tolist(), strict=True):
            self.met.add((min(one, other), max(one, other)))
            self.outcome.waits += [now - self.since[one], now - self.since[other]]
            self.since[[one, other]], self.busy[[one, other]] = np.nan, now + talk

    def expire(self, before: float) -> None:
        over = self.since <= before
        self.outcome.expired += int(over.sum())
        self.since[over] = np.nan


def _some(crowd: Waiting, here: Ints, waited: Floats, met: set[tuple[int, int]]) -> Waiting:
    """These of the crowd, in its order."""
    position = {person: i for i, person in enumerate(here.tolist())}
    known = [(position[a], position[b]) for a, b in met if a in position and b in position]
    both_ways = np.array(sorted({*known, *((b, a) for a, b in known)}), dtype=np.int64).reshape(-1, 2)
    return replace(
        crowd,
        pool=replace(crowd.pool.take(here), person=np.arange(len(here))),
        weighted=crowd.weighted.take(here),
        waited=waited,
        flagged=crowd.flagged[here],
        apart=both_ways,
    )


def _taken(pairs: Pairs, which: NDArray[np.integer]) -> Pairs:
    return Pairs(pairs.first[which], pairs.second[which], pairs.worth[which])
