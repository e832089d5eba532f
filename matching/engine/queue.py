"""Who of the waiting talks to whom: everybody's best few by the friendship profile, then one choice for all at once.

A pair needs points, the mean of what its two ask for; what somebody asks for falls with their wait to a floor. Of the
pairs that have them those are chosen that serve as many people as can be, who waited longest first, and among such
choices one of high worth (`matching.engine.proposals`).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine import blocks
from matching.engine.filters import Pool
from matching.engine.matching_graph import Floats, Ints
from matching.engine.proposals import Pairs, possible_pairs, proposals
from matching.engine.ranking import Field, rank
from matching.engine.scores import Weighted

Bits = NDArray[np.bool_]

SHORTLIST = 32
"""Candidates of each person that the choice is made among."""

NEWCOMERS = np.uint64(1 << 63)
"""A bit of the masks of topics that stands for none: newcomers keep it out, whoever must not meet them has it."""


@dataclass(frozen=True)
class Rules:
    """bar, floor: points a pair needs when both just came, and when both waited `relaxing` seconds or longer.

    flagged_points: taken off a pair with somebody flagged. waiting_lift: points a minute of waiting is worth.
    """

    bar: float
    floor: float
    relaxing: float
    flagged_points: float
    waiting_lift: float


@dataclass(frozen=True)
class Waiting:
    """n people in the order of the engine's blocks. waited (n,): seconds. flagged (n,): worth a second look.

    apart (m, 2): ordered pairs of them, both ways and sorted, who must not meet.
    """

    pool: Pool
    weighted: Weighted
    waited: Floats
    flagged: Bits
    apart: Ints

    def __len__(self) -> int:
        return len(self.pool)


def shielded(pool: Pool, newcomers: Bits, doubted: Bits) -> Pool:
    """A pool in which no newcomer (n,) passes the filters with anybody doubted (n,)."""
    return replace(
        pool,
        off_limits=pool.off_limits | np.where(newcomers, NEWCOMERS, np.uint64(0)),
        topics=pool.topics | np.where(doubted, NEWCOMERS, np.uint64(0)),
    )


def possible(waiting: Waiting, rules: Rules, *, threads: int = 1) -> Pairs:
    """The pairs among everybody's best that have the points they need; `worth` with what flags take off."""
    if len(waiting) < 2:
        nobody = np.empty(0, dtype=np.int64)
        return Pairs(nobody, nobody, np.empty(0))
    cut = blocks.cut(waiting.pool)
    meetings, _ = blocks.meetings(waiting.pool, cut)
    field = Field(waiting.pool, cut, waiting.weighted, waiting.weighted, waiting.apart)
    pairs = possible_pairs(rank(field, meetings, SHORTLIST, threads=threads).lists)
    worth = pairs.worth - rules.flagged_points * (waiting.flagged[pairs.first] | waiting.flagged[pairs.second])
    asked = bars(waiting.waited, rules)
    enough = worth >= (asked[pairs.first] + asked[pairs.second]) / 2.0
    return Pairs(pairs.first[enough], pairs.second[enough], worth[enough])


def chosen(pairs: Pairs, waited: Floats, rules: Rules) -> Pairs:
    """Those of the possible pairs that are formed, the people who waited longest first; nobody in two."""
    nobody_shown = np.zeros(len(waited), dtype=np.int64)
    formed = proposals(pairs, waited / 60.0, nobody_shown, waiting_lift=rules.waiting_lift, waiting_bound=rules.bar)
    longest = np.maximum(waited[pairs.first[formed]], waited[pairs.second[formed]])
    formed = formed[np.argsort(-longest, kind="stable")]
    return Pairs(pairs.first[formed], pairs.second[formed], pairs.worth[formed])


def bars(waited: Floats, rules: Rules) -> Floats:
    """What each person (n,) asks of a pair after so many seconds."""
    relaxed = np.clip(waited / rules.relaxing, 0.0, 1.0)
    return np.asarray(rules.bar - relaxed * (rules.bar - rules.floor))
