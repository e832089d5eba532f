"""Who is proposed to whom: a matching with capacities that lifts who waited and who is rarely shown.

A greedy choice by priority is followed by exchanges: a pair that was passed over comes in wherever the pairs
it displaces, and what their freed partners find instead, add up to more. Deterministic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.ranking import NOBODY, Ints, Shortlist

Floats = NDArray[np.float64]

WAITING_LIFT = 1.0
"""Points of score a day of waiting is worth."""

WAITING_BOUND = 10.0
EXPOSURE_LIFT = 5.0
"""Points for somebody who was never shown; half for once, a third for twice."""

ROUNDS = 30
LEAST_GAIN = 1e-9


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
    owner = np.broadcast_to(np.arange(len(lists.candidates))[:, None], lists.candidates.shape)
    real = lists.candidates != NOBODY
    ends = np.sort(np.column_stack((owner[real], lists.candidates[real])), axis=1)
    unique, where = np.unique(ends, axis=0, return_index=True)
    return Pairs(unique[:, 0], unique[:, 1], lists.worth[real][where].astype(np.float64))


def lift(waited_days: Floats, exposure: Ints) -> Floats:
    """Points each person (n,) brings to their pairs."""
    waiting = np.minimum(waited_days * WAITING_LIFT, WAITING_BOUND)
    return np.asarray(waiting + EXPOSURE_LIFT / (1.0 + exposure))


def proposals(pairs: Pairs, waited_days: Floats, exposure: Ints, capacity: Ints | int = 1) -> Ints:
    """Positions in `pairs` that are proposed, in rising order.

    waited_days (n,): since the last proposal. exposure (n,): times shown lately. capacity: open proposals a
    person may have, one number or (n,). Nobody gets more than their capacity.
    """
    if not len(pairs):
        return np.empty(0, dtype=np.int64)
    lifts = lift(waited_days, exposure)
    priority = pairs.worth + (lifts[pairs.first] + lifts[pairs.second]) / 2.0
    room = np.broadcast_to(np.asarray(capacity, dtype=np.int64), lifts.shape)
    choice = _Choice(pairs, priority, room)
    choice.fill()
    for _ in range(ROUNDS):
        if not choice.exchange_all():
            break
    return np.array(sorted(choice.chosen), dtype=np.int64)


class _Choice:
    """The pairs chosen so far, in plain lists: what is touched here are single numbers."""

    def __init__(self, pairs: Pairs, priority: Floats, room: Ints) -> None:
        self.pairs = pairs
        self.priorities = priority
        self.priority: list[float] = priority.tolist()
        self.ends = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
        self.room: list[int] = room.tolist()
        self.held: list[list[int]] = [[] for _ in self.room]
        self.chosen: set[int] = set()
        self.free = {person for person, places in enumerate(self.room) if places > 0}
        self.keys = pairs.first * len(room) + pairs.second
        self.number: dict[int, int] = dict(zip(self.keys.tolist(), range(len(pairs)), strict=True))
        self.order: list[int] = np.lexsort((pairs.second, pairs.first, -priority)).tolist()
        self.around: list[list[int]] = [[] for _ in self.room]
        for pair in self.order:
            for person in self.ends[pair]:
                self.around[person].append(pair)

    def fill(self) -> None:
        """Take every pair that fits, best first."""
        for pair in self.order:
            if self._fits(pair):
                self._add(pair)

    def exchange_all(self) -> bool:
        """Try what looks promising, each person once: an exchange makes the estimates around it stale."""
        stale: set[int] = set()
        for pair, *providers in self._promising():
            around = self._involved(pair)
            if stale.isdisjoint(around) and stale.isdisjoint(providers) and (came := self._exchange(pair)):
                stale |= around.union(*(self.ends[new] for new in came))
        return bool(stale)

    def _involved(self, pair: int) -> set[int]:
        ends = self.ends[pair]
        return {*ends, *(end for person in ends for held in self.held[person] for end in self.ends[held])}

    def _promising(self) -> list[list[int]]:
        """Pairs left out that would gain by an exchange as things stand, the largest gain first, each with
        the two people who would take in the freed partners (NOBODY if nobody does).
        """
        price, partner = self._weakest_of_all()
        left, right = self.pairs.first, self.pairs.second
        refills, who, whom = self._refills(partner[left], partner[right])
        gain = self.priorities - price[left] - price[right] + refills
        gain[list(self.chosen)] = -np.inf
        order = np.lexsort((np.arange(len(gain)), -gain))
        order = order[gain[order] > LEAST_GAIN]
        return [[int(number) for number in row] for row in np.column_stack((order, who[order], whom[order]))]

    def _weakest_of_all(self) -> tuple[Floats, Ints]:
        """What a place with each person costs, and who would lose it; free where they have room.

        The last entry stands for nobody, so that an index of -1 finds it.
        """
        price = np.zeros(len(self.room) + 1)
        partner = np.full(len(self.room) + 1, NOBODY)
        for person, held in enumerate(self.held):
            if self.room[person] <= 0:
                price[person] = np.inf
            if self.room[person] <= 0 and held:
                pair = self._weakest(person)
                price[person], partner[person] = self.priority[pair], sum(self.ends[pair]) - person
        return price, partner

    def _refills(self, one: Ints, other: Ints) -> tuple[Floats, Ints, Ints]:
        """The most two people who lose their pairs can get: each other, or somebody with room; and whom."""
        (mine, who), (theirs, whom) = self._spare(one), self._spare(other)
        apart = np.where(who == whom, np.maximum(mine, theirs), mine + theirs)
        wanted = np.minimum(one, other) * len(self.room) + np.maximum(one, other)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        met = (self.keys[at] == wanted) & (one != NOBODY) & (other != NOBODY)
        together = np.where(met, self.priorities[at], 0.0)
        alone = together > apart
        return np.maximum(together, apart), np.where(alone, NOBODY, who), np.where(alone, NOBODY, whom)

    def _spare(self, freed: Ints) -> tuple[Floats, Ints]:
        """What the person each pair frees can get from somebody with room outside it, and from whom."""
        best, who = self._best_with_room(np.full(len(self.room) + 1, NOBODY))
        second, whom = self._best_with_room(who)
        taken = (who[freed] == self.pairs.first) | (who[freed] == self.pairs.second)
        return np.where(taken, second[freed], best[freed]), np.where(taken, whom[freed], who[freed])

    def _best_with_room(self, besides: Ints) -> tuple[Floats, Ints]:
        """The best each person gets from anybody with room `besides` one, and whom; last entry nobody."""
        person = np.concatenate((self.pairs.first, self.pairs.second))
        other = np.concatenate((self.pairs.second, self.pairs.first))
        worth = np.concatenate((self.priorities, self.priorities))
        real = np.flatnonzero((np.array(self.room)[other] > 0) & (besides[person] != other))
        rising = real[np.argsort(worth[real], kind="stable")]
        best, who = np.zeros(len(self.room) + 1), np.full(len(self.room) + 1, NOBODY)
        best[person[rising]], who[person[rising]] = worth[rising], other[rising]
        return best, who

    def _exchange(self, pair: int) -> list[int]:
        """Put the pair in the place of the weakest in its way and refill; undo it all unless that gained.

        The pairs that came in, none where it was undone.
        """
        out = sorted({self._weakest(person) for person in self.ends[pair] if self.room[person] <= 0})
        self._swap(out, [pair])
        came = [pair, *self._refill(sorted({person for other in out for person in self.ends[other]}))]
        if sum(self.priority[new] for new in came) > sum(self.priority[old] for old in out) + LEAST_GAIN:
            return came
        self._swap(came, out)
        return []

    def _refill(self, people: list[int]) -> list[int]:
        """Give each of the people their best pair that fits; the pairs that came in."""
        came = []
        for person in people:
            best = self._best_fit(person) if person in self.free else None
            if best is not None:
                self._add(best)
                came.append(best)
        return came

    def _best_fit(self, person: int) -> int | None:
        """The best pair of a person with somebody who has room: few have, so these are asked, not all."""
        if len(self.free) > len(self.around[person]):
            return next((pair for pair in self.around[person] if self._fits(pair)), None)
        people = len(self.room)
        keys = [min(person, other) * people + max(person, other) for other in self.free]
        pairs = [self.number[key] for key in keys if key in self.number]
        return min((pair for pair in pairs if pair not in self.chosen), key=self._rank, default=None)

    def _rank(self, pair: int) -> tuple[float, int]:
        return -self.priority[pair], pair

    def _swap(self, out: list[int], into: list[int]) -> None:
        for pair in out:
            self._remove(pair)
        for pair in into:
            self._add(pair)

    def _weakest(self, person: int) -> int:
        return max(self.held[person], key=self._rank)

    def _fits(self, pair: int) -> bool:
        one, other = self.ends[pair]
        return self.room[one] > 0 and self.room[other] > 0 and pair not in self.chosen

    def _add(self, pair: int) -> None:
        self.chosen.add(pair)
        for person in self.ends[pair]:
            self.room[person] -= 1
            self.held[person].append(pair)
            if self.room[person] == 0:
                self.free.remove(person)

    def _remove(self, pair: int) -> None:
        self.chosen.remove(pair)
        for person in self.ends[pair]:
            self.room[person] += 1
            self.held[person].remove(pair)
            self.free.add(person)
