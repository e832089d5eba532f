"""What a person's reports are worth, by what became of their earlier ones. Pure.

A reporter's accuracy is the mean of a Beta(2, 2) prior updated with their decided reports (Gelman et al., Bayesian
Data Analysis, 2.4): (2 + confirmed) / (4 + decided). Somebody new stands at one half, two decisions in a row move
them a sixth, and nobody ever reaches 0 or 1. The weight is twice that, held between a half and one and a half, so
that a new reporter's is 1 and nobody is ever silenced or obeyed.

The rank of a severity grows by the factor 4, and the weights differ by the factor 3 at most: the weight orders the
reports of one severity and never lifts one over a more severe one.
"""

from collections.abc import Mapping

from safety.enums import Severity

PRIOR_CONFIRMED, PRIOR_DECIDED = 2, 4
LIGHTEST, HEAVIEST = 0.5, 1.5
RANK: Mapping[str, int] = {Severity.LOW: 1, Severity.MEDIUM: 4, Severity.HIGH: 16, Severity.CRITICAL: 64}


def accuracy(*, confirmed: int, decided: int) -> float:
    """How often this reporter is right, between 0 and 1: the posterior mean. `confirmed` are among the `decided`."""
    return (PRIOR_CONFIRMED + confirmed) / (PRIOR_DECIDED + decided)


def weight(*, confirmed: int, decided: int) -> float:
    """What their next report counts, from LIGHTEST to HEAVIEST; 1 for somebody nothing is known of."""
    return min(HEAVIEST, max(LIGHTEST, 2 * accuracy(confirmed=confirmed, decided=decided)))


def priority(severity: str, reporter_weight: float) -> float:
    """The place of a report in the queue, the greatest first."""
    return RANK[severity] * reporter_weight
