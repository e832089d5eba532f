"""How far scores lie off where a time of birth is unknown, against scoring every pair of possible times."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from populations import random_people

from matching.engine import features
from matching.engine.births import Birth, born_on, positions
from matching.engine.ephemeris import instants
from matching.engine.features import DIMENSIONS, Features
from matching.engine.scores import breakdown
from matching.engine.spread import UNCERTAIN, Uncertain, halves, uncertain

DAY = born_on(date(1985, 7, 19), UTC, 52.5, 13.4)
OTHER_DAY = born_on(date(1979, 11, 2), UTC, 41.9, 12.5)
KNOWN = Birth(datetime(1990, 1, 2, 3, 4, tzinfo=UTC), 48.0, 2.0)


def people(*births: Birth) -> Features:
    astro, hd = halves(positions(births))
    return features.features(replace(random_people(len(births), 0), astro=astro.mean, hd=hd.mean))


def spread(dimension: str, *births: Birth) -> Uncertain:
    half = halves(positions(births))[UNCERTAIN.index(dimension)]
    known = {i: factor for i, factor in enumerate(half.factors) if factor is not None}
    return uncertain(dimension, people(*births), known)


def at_all_times(birth: Birth) -> list[Birth]:
    return [Birth(moment, birth.latitude, birth.longitude) for moment in instants(positions([birth]).days)]


def brute(dimension: str, one: Birth, other: Birth) -> float:
    """The deviation of the scores of all pairs of possible times, each pair equally likely."""
    mine, theirs = at_all_times(one), at_all_times(other)
    everybody = people(*mine, *theirs)
    left = np.repeat(np.arange(len(mine)), len(theirs))
    right = np.tile(np.arange(len(theirs)), len(mine)) + len(mine)
    scores = breakdown(everybody.take(left), everybody.take(right))[:, DIMENSIONS.index(dimension)]
    return float(scores.astype(np.float64).std())


@pytest.mark.parametrize("dimension", UNCERTAIN)
@pytest.mark.parametrize(
    ("one", "other"), [(DAY, KNOWN), (KNOWN, DAY), (DAY, OTHER_DAY)], ids=["first", "second", "both"]
)
def test_it_is_the_deviation_over_all_possible_times(dimension: str, one: Birth, other: Birth) -> None:
    found, expected = spread(dimension, one, other).deviation(0, 1), brute(dimension, one, other)
    assert expected > 0.3
    assert found == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("dimension", UNCERTAIN)
def test_it_is_the_same_from_both_sides(dimension: str) -> None:
    made = spread(dimension, DAY, OTHER_DAY)
    assert made.deviation(0, 1) == pytest.approx(made.deviation(1, 0))


@pytest.mark.parametrize("dimension", UNCERTAIN)
def test_two_known_times_have_none(dimension: str) -> None:
    assert spread(dimension, KNOWN, KNOWN).deviation(0, 1) is None


def test_what_a_day_can_change_takes_few_directions() -> None:
    astro, hd = (half.factors[0] for half in halves(positions([DAY])))
    assert astro is not None
    assert hd is not None
    assert len(astro) <= 30
    assert len(hd) <= 15
