"""What the rules say of interests and connections, in plain sets: the oracle of the stateful test.

It knows nothing of the product's code: people are numbers, time is a count of steps.
"""

from collections import Counter
from dataclasses import dataclass, field

LIMITS = {"free": 1, "plus": 2, "pro": 4}
Arrow = tuple[int, int, str]


@dataclass
class Rules:
    tiers: dict[int, str]
    pending: dict[Arrow, int | None] = field(default_factory=dict)
    """By pending interest the step at which it met its like, if it waits."""
    answered: set[Arrow] = field(default_factory=set)
    standing: dict[frozenset[int], str] = field(default_factory=dict)
    """By pair that is connected whether it is active or archived."""
    known: set[frozenset[int]] = field(default_factory=set)
    apart: set[frozenset[int]] = field(default_factory=set)
    wiped: Counter[int] = field(default_factory=Counter)
    step: int = 0

    def count(self, person: int) -> int:
        return sum(person in pair for pair in self.standing)

    def full(self, person: int) -> bool:
        return self.count(person) >= LIMITS[self.tiers[person]]

    def express(self, by: int, other: int, server: str) -> str:
        """What is answered: pending, mutual or full."""
        arrow = (by, other, server)
        if arrow in self.answered:
            return "mutual"
        if arrow not in self.pending:
            if self.full(by):
                return "full"
            self.pending[arrow] = None
        self.meet(arrow)
        return "pending" if arrow in self.pending else "mutual"

    def meet(self, arrow: Arrow) -> None:
        by, other, server = arrow
        back = (other, by, server)
        if back not in self.pending:
            return
        if self.pending[arrow] is None or self.pending[back] is None:
            self.pending[arrow] = self.pending[back] = self.step
        pair = frozenset((by, other))
        if self.full(by) or self.full(other) or pair in self.apart | self.known:
            return
        self.answered |= {arrow, back}
        self.standing[pair] = "active"
        self.known.add(pair)
        self.drop(lambda sender, receiver: {sender, receiver} == pair)
        for person in filter(self.full, pair):
            self.wiped[person] += self.drop(lambda sender, receiver, person=person: sender == person)

    def settle(self) -> None:
        waiting = [(met, arrow) for arrow, met in self.pending.items() if met is not None and arrow[0] < arrow[1]]
        for _, arrow in sorted(waiting):
            if arrow in self.pending:
                self.meet(arrow)

    def withdraw(self, arrow: Arrow) -> None:
        del self.pending[arrow]

    def end(self, pair: frozenset[int]) -> None:
        self.standing.pop(pair, None)

    def block(self, by: int, other: int) -> None:
        self.apart.add(frozenset((by, other)))
        self.end(frozenset((by, other)))
        self.drop(lambda sender, receiver: (sender, receiver) == (by, other))

    def drop(self, which) -> int:
        gone = [arrow for arrow in self.pending if which(arrow[0], arrow[1])]
        for arrow in gone:
            del self.pending[arrow]
        return len(gone)
