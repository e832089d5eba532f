"""Births: known moments, whole days, and days that are not 24 hours long."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from matching.engine.births import Birth, born_on, mean_by_owner, positions
from matching.engine.charts import natal_charts
from matching.engine.ephemeris import ephem_days, instants, longitudes, signed_angle
from matching.engine.spread import halves

BERLIN = ZoneInfo("Europe/Berlin")
KNOWN = Birth(datetime(1992, 9, 20, 9, 57, tzinfo=UTC), 52.5, 13.4)


@pytest.mark.parametrize(
    ("day", "samples"), [(date(1990, 3, 25), 92), (date(1990, 6, 1), 96), (date(1990, 9, 30), 100)]
)
def test_a_day_has_as_many_quarter_hours_as_it_really_had(day: date, samples: int) -> None:
    assert len(positions([born_on(day, BERLIN, 52.5, 13.4)]).owner) == samples


def test_a_known_time_is_one_row_at_that_moment() -> None:
    rows = positions([KNOWN])
    assert rows.owner.tolist() == [0]
    assert rows.days == pytest.approx(ephem_days([KNOWN.instant]))


def test_samples_of_a_day_stand_where_the_bodies_really_stood() -> None:
    rows = positions([born_on(date(1990, 9, 30), BERLIN, 52.5, 13.4)])
    assert np.abs(signed_angle(rows.birth - longitudes(rows.days)))[:, :10].max() * 3600.0 < 1.0
    assert np.abs(signed_angle(rows.design - longitudes(rows.design_moment)))[:, :10].max() * 3600.0 < 1.0
    assert np.abs(signed_angle(rows.birth - longitudes(rows.days))).max() < 0.01


def test_features_of_an_unknown_time_are_the_mean_over_the_sampled_times() -> None:
    day = born_on(date(1985, 7, 19), BERLIN, 52.5, 13.4)
    moments = instants(positions([day]).days)
    sampled = halves(positions([Birth(moment, 52.5, 13.4) for moment in moments]))
    for block, single in zip(halves(positions([day])), sampled, strict=True):
        assert np.allclose(block.mean[0], single.mean.mean(axis=0), atol=1e-4)


def test_people_are_kept_apart_in_one_call() -> None:
    day = born_on(date(1985, 7, 19), BERLIN, 52.5, 13.4)
    together = halves(positions([KNOWN, day, KNOWN]))
    for block, alone in zip(together, halves(positions([KNOWN])), strict=True):
        assert np.allclose(block.mean[0], alone.mean[0])
        assert np.allclose(block.mean[2], alone.mean[0])


def test_a_chart_without_a_time_has_no_angles_and_one_with_a_time_has() -> None:
    unknown, known = natal_charts([born_on(date(1992, 9, 20), BERLIN, 52.5, 13.4), KNOWN])
    assert (unknown.angles, unknown.houses, unknown.time_known) == (None, None, False)
    assert known.angles is not None
    assert known.houses is not None
    assert set(known.houses.values()) <= set(range(1, 13))


def test_signs_of_an_unknown_time_are_probabilities() -> None:
    signs = natal_charts([born_on(date(1992, 9, 22), BERLIN, 52.5, 13.4)])[0].signs
    assert set(signs["sun"]) == {"virgo", "libra"}
    assert all(sum(shares.values()) == pytest.approx(1.0) for shares in signs.values())


def test_the_ascendant_opens_the_first_house() -> None:
    angles = natal_charts([KNOWN])[0].angles
    assert angles is not None
    assert angles.cusps[0] == pytest.approx(angles.ascendant)
    assert angles.cusps[9] == pytest.approx(angles.midheaven)


def test_a_place_off_the_globe_is_refused_and_its_edge_is_not() -> None:
    assert Birth(KNOWN.instant, 90.0, 180.0).time_known
    for latitude, longitude in ((90.1, 0.0), (0.0, 180.1), (float("nan"), 0.0)):
        with pytest.raises(ValueError, match="globe"):
            Birth(KNOWN.instant, latitude, longitude)


def test_a_day_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Birth(KNOWN.instant, 0.0, 0.0, day_ends=KNOWN.instant - timedelta(hours=1))


def test_no_births_are_refused() -> None:
    with pytest.raises(ValueError, match="no births"):
        positions([])


def test_means_by_owner() -> None:
    assert mean_by_owner(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1])).tolist() == [2.0, 5.0]
