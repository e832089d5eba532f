"""How far a score may lie from its expectation where a time of birth is unknown.

The score of a pair is 50 + 50 x @ (s * y), bilinear in the features x and y of two people with signs s, and their times
are independent. With the means m and n and the covariances C and D over the times of both, the variance of x @ (s * y)
is, S being the diagonal matrix of s,

    n @ S C S @ n  +  m @ S D S @ m  +  trace(C S D S)

A covariance is kept as a factor L, C = L.T @ L, of few rows: what a day can change of a person is little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matching.engine import channels, synastry
from matching.engine.births import Ints, Positions, mean_by_owner
from matching.engine.ephemeris import Floats
from matching.engine.features import Features, Reals
from matching.engine.human_design import graphs

UNCERTAIN = ("astro", "hd")
"""The dimensions that a time of birth goes into."""

NEGLIGIBLE = 1e-6
"""A direction of less variance is left out: along it a score deviates by a twentieth of a point at most."""

Factor = NDArray[np.float16]
"""(r, w): r directions in which a person's features lie off their mean, each as long as it deviates."""


@dataclass(frozen=True)
class Half:
    """One of UNCERTAIN, of n people: mean (n, w) and, where a time is unknown, how far the features lie off it."""

    mean: Reals
    factors: list[Factor | None]


def halves(rows: Positions) -> tuple[Half, Half]:
    """The astro and hd features of People out of positions; for an unknown time the exact expectation."""
    astro, hd = synastry.synastry_features(rows), channels.channel_features(graphs(rows).gates)
    # The matrices are small: threads of BLAS would wait for each other longer than they work.
    with threadpool_limits(1):
        return _half(astro, rows.owner), _half(hd, rows.owner)


def _half(rows: Floats, owner: Ints) -> Half:
    return Half(mean_by_owner(rows, owner), _factors(rows, owner))


def _factors(rows: Floats, owner: Ints) -> list[Factor | None]:
    """None where a person has but one row: the time is known."""
    edges = [*np.flatnonzero(np.diff(owner, prepend=-1)).tolist(), len(owner)]
    return [_factor(rows[start:end]) if end - start > 1 else None for start, end in pairwise(edges)]


def _factor(rows: Floats) -> Factor:
    """Principal directions of rows (s, w) of equal chance; rows alike that follow each other count as one."""
    starts = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1)))
    shares = np.diff(starts, append=len(rows)) / len(rows)
    off = (rows[starts] - rows.mean(axis=0)) * np.sqrt(shares)[:, None]
    variances, directions = np.linalg.eigh(off @ off.T)
    return np.asarray(directions[:, variances > NEGLIGIBLE].T @ off, dtype=np.float16)


@dataclass(frozen=True)
class Uncertain:
    """People in one dimension: mean (n, w) is the x of the scores, signs (w,) their s, and `factors` (r, w) those of
    the people, by their indices, whose time is unknown.
    """

    mean: Floats
    signs: Floats
    factors: Mapping[int, Floats]

    def deviation(self, one: int, other: int) -> float | None:
        """Standard deviation of the score of two people; None where both times are known."""
        mine, theirs = self.factors.get(one), self.factors.get(other)
        if mine is None and theirs is None:
            return None
        variance = _along(mine, self.signs * self.mean[other]) + _along(theirs, self.signs * self.mean[one])
        if mine is not None and theirs is not None:
            variance += float((((mine * self.signs) @ theirs.T) ** 2).sum())
        return 50.0 * float(np.sqrt(variance))


def uncertain(dimension: str, people: Features, factors: Mapping[int, Factor]) -> Uncertain:
    """People in one of UNCERTAIN; after its constant the query of such a dimension is 50 times the feature."""
    mean = people.query[:, people.columns(dimension)][:, 1:].astype(np.float64) / 50.0
    signs = synastry.signs_and_scales()[0] if dimension == "astro" else channels.signs()
    return Uncertain(mean, signs, _as_queries(dimension, factors))


def _as_queries(dimension: str, factors: Mapping[int, Factor]) -> dict[int, Floats]:
    """Factors in the coordinates of the query side, all turned at once."""
    if not factors:
        return {}
    rows = np.concatenate(list(factors.values())).astype(np.float64)
    edges = np.cumsum([len(factor) for factor in factors.values()])[:-1]
    turned = rows if dimension == "astro" else channels.turn(rows)[0]
    return dict(zip(factors, np.split(turned, edges), strict=True))


def _along(factor: Floats | None, direction: Floats) -> float:
    """Variance of somebody's features along a direction (w,)."""
    return 0.0 if factor is None else float(((factor @ direction) ** 2).sum())
