"""What the word of others about somebody is worth. Pure.

    credibility of a rater = age of the account * their own trust * how many people they know, each 0 to 1
    believed               = the sum of the credibilities of all who rated somebody, each of them once
    bound                  = 2 points for each believed rater beyond the second, 20 at most
    change of a batch      = 4 * mean of credibility * opinion, over the raters of the batch

However often people rate each other, their component stays within the bound. In a closed ring of k people everybody is
rated by k - 1 others, who know k - 1 people each: `ring_bound(k)` is 0 up to k = 4, so that neither two nor three nor
four people can lift each other at all, and 5 people by 2 of 100 points.
"""

from collections.abc import Sequence
from math import floor

AT_LEAST = 3
"""As many raters as a batch takes, so that nobody reads a single one out of it."""

YOUNG, GROWN = 7.0, 30.0
"""Days from which an account counts, and from which it counts in full."""

DISTRUSTED, TRUSTED = 25.0, 50.0
"""Scores up to which a rater counts nothing, and from which in full. Nobody counts more for being trusted more."""

BROAD = 5
UNBELIEVED = 2.0
BY_RATER = 2.0
MOST = 20
BATCH = 4.0


def credibility(*, days: float, trust: float, known: int) -> float:
    """What a rater's word weighs, 0 to 1, by the age of the account, their score, and how many they know."""
    age = _ramp(days, YOUNG, GROWN)
    standing = _ramp(trust, DISTRUSTED, TRUSTED)
    return age * standing * min(1.0, known / BROAD)


def opinion(*, vibe: int, outcome: float, concern: bool) -> float:
    """What somebody says, -1 to 1: half of it the vibe (1 to 5), half what they want (-1 to 1), less a half by a
    concern.
    """
    said = (vibe - 3) / 4 + outcome / 2 - (0.5 if concern else 0.0)
    return max(-1.0, min(1.0, said))


def change(said: Sequence[tuple[float, float]]) -> int:
    """By how many points a batch moves somebody, of (credibility, opinion) of each rater; at most BATCH either way."""
    return floor(BATCH * sum(weight * value for weight, value in said) / len(said) + 0.5)


def bound(believed: float) -> int:
    """How far all judgements together may lift or lower somebody whose raters' credibilities make this sum."""
    return min(MOST, floor(BY_RATER * max(0.0, believed - UNBELIEVED)))


def ring_bound(people: int) -> int:
    """How far at most each of so many people is lifted who only rate each other."""
    others = people - 1
    return bound(others * credibility(days=GROWN, trust=TRUSTED, known=others))


def _ramp(value: float, start: float, end: float) -> float:
    return max(0.0, min(1.0, (value - start) / (end - start)))
