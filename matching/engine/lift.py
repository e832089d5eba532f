"""How much a component of the score says of what became of a match, with how sure one can be of it.

Two figures, because each alone misleads. The *difference* of an outcome's rate between the top and the bottom third
of a component is plain to read, but pairs are proposed for their total: among those, who scores low in one component
scores high in another, so that a component that says nothing seems to harm. The *slope* of a logistic model on all
components together has that taken out. All intervals are at 95 %; they take matches for independent of each other,
which those of one person are not quite, so that in truth they are a little wider.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matching.engine.ephemeris import Floats
from matching.engine.human_design import Bits

Reals = NDArray[np.floating]

Z = 1.959963984540054
"""The normal quantile of 97.5 %."""

FEWEST = 30
"""Below so many matches with a component there are no figures of it."""

FEWEST_OF_EITHER = 10
"""There is no model below so many matches that came to the outcome, or that did not."""

PRIOR = 2.5
"""Standard deviation of the slopes beforehand: keeps them finite where the data part without overlap. After Gelman,
Jakulin, Pittau and Su (2008), "A weakly informative default prior distribution for logistic and other regression
models", with a normal in the place of their Cauchy.
"""

STEPS = 50
Says = Literal["predicts", "speaks against", "nothing seen", "too few"]


@dataclass(frozen=True)
class Interval:
    """An estimate and the bounds of its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """How many of n came to the outcome."""

    reached: int
    n: int

    @property
    def rate(self) -> float:
        return self.reached / self.n if self.n else 0.0


@dataclass(frozen=True)
class Lift:
    """What one component says of one outcome, over `known` matches that have the component; None where those are too
    few, or all alike.

    `slope` is what one standard deviation more adds to the log odds, all other components being equal.
    """

    known: int
    bottom: Share
    top: Share
    difference: Interval | None
    slope: Interval | None

    @property
    def says(self) -> Says:
        if self.slope is None:
            return "too few"
        if self.slope.low <= 0.0 <= self.slope.high:
            return "nothing seen"
        return "predicts" if self.slope.low > 0.0 else "speaks against"


def lifts(scores: Reals, reached: Bits) -> list[Lift]:
    """One Lift a component: scores (n, d), NaN where a match lacks it, and whether each came to the outcome (n,)."""
    slopes = logistic(scores, reached)
    return [_lift(component, reached, slope) for component, slope in zip(scores.T, slopes, strict=True)]


def wilson(share: Share) -> Interval:
    """The score interval of a rate; n is at least 1. Wilson (1927), JASA 22: 209-212."""
    n, rate = share.n, share.rate
    middle = (rate + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return Interval(rate, middle - half, middle + half)


def newcombe(top: Share, bottom: Share) -> Interval:
    """The interval of the difference of two rates, by their Wilson intervals. Newcombe (1998), Statistics in Medicine
    17: 873-890, method 10.
    """
    one, other = wilson(top), wilson(bottom)
    difference = top.rate - bottom.rate
    below = sqrt((one.estimate - one.low) ** 2 + (other.high - other.estimate) ** 2)
    above = sqrt((one.high - one.estimate) ** 2 + (other.estimate - other.low) ** 2)
    return Interval(difference, difference - below, difference + above)


def thirds(scores: Reals) -> tuple[Bits, Bits]:
    """Who is in the bottom and who in the top third of scores (n,) without NaN; nobody in both.

    Equal scores stay together, so that a third may be more or less than one.
    """
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    return (scores < low, scores > high) if low == high else (scores <= low, scores >= high)


def logistic(scores: Reals, reached: Bits) -> list[Interval | None]:
    """The slopes of a logistic model on all components at once, each in its standard deviations: scores (n, d).

    A match that lacks a component counts as average in it. None for a component that too few have or that is the same
    in all, and for all where an outcome is too rare or too common. Newton's method; the intervals are Wald's, by the
    curvature at the summit.
    """
    told = _usable(scores)
    if min(reached.sum(), (~reached).sum()) < FEWEST_OF_EITHER or not told.any():
        return [None] * scores.shape[1]
    slopes, errors = _summit(_standardized(scores[:, told]), reached)
    found = {
        int(column): Interval(slope, slope - Z * error, slope + Z * error)
        for column, slope, error in zip(np.flatnonzero(told), slopes.tolist(), errors.tolist(), strict=True)
    }
    return [found.get(column) for column in range(scores.shape[1])]


def _lift(component: Reals, reached: Bits, slope: Interval | None) -> Lift:
    known = ~np.isnan(component)
    if known.sum() < FEWEST:
        return Lift(int(known.sum()), Share(0, 0), Share(0, 0), None, None)
    came = reached[known]
    bottom, top = (Share(int(came[third].sum()), int(third.sum())) for third in thirds(component[known]))
    difference = newcombe(top, bottom) if top.n and bottom.n else None
    return Lift(int(known.sum()), bottom, top, difference, slope)


def _usable(scores: Reals) -> Bits:
    known = ~np.isnan(scores)
    enough = known.sum(axis=0) >= FEWEST
    spread = np.zeros(scores.shape[1])
    spread[enough] = np.nanstd(scores[:, enough], axis=0)
    return np.asarray(spread > 1e-9)


def _standardized(scores: Reals) -> Floats:
    """With the intercept in front; zero, the average, where a component lacks."""
    shares = (scores - np.nanmean(scores, axis=0)) / np.nanstd(scores, axis=0)
    return np.column_stack((np.ones(len(scores)), np.nan_to_num(shares)))


def _summit(design: Floats, reached: Bits) -> tuple[Floats, Floats]:
    """Slopes and their standard errors, without the intercept, for which nothing is assumed beforehand."""
    precision = np.diag([0.0] + [1.0 / PRIOR**2] * (design.shape[1] - 1))
    found = np.zeros(design.shape[1])
    found[0] = np.log(reached.mean() / (1.0 - reached.mean()))
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp(-np.clip(design @ found, -30.0, 30.0)))
        curvature = (design * (likely * (1.0 - likely))[:, None]).T @ design + precision
        step = np.linalg.solve(curvature, design.T @ (reached - likely) - precision @ found)
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return found[1:], np.sqrt(np.diag(np.linalg.inv(curvature)))[1:]
