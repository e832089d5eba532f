"""Positions against published ones (Swiss Ephemeris), 200 births and their design moments."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from matching.engine import ephemeris
from matching.engine.ephemeris import BODIES, design_days, ephem_days, longitudes, signed_angle

PUBLISHED = list(csv.DictReader((Path(__file__).parent / "ephemeris_reference.csv").open()))
COLUMNS = (*ephemeris.PLANETS, "true_node")
ARC_SECONDS = {"sun": 10.0, "moon": 60.0, "north_node": 180.0}


def days_of(column: str) -> np.ndarray:
    return ephem_days(datetime.fromisoformat(row[column]) for row in PUBLISHED)


@pytest.mark.parametrize("prefix", ["", "design_"])
@pytest.mark.parametrize("body", BODIES[:11])
def test_longitudes_are_the_published_ones(prefix: str, body: str) -> None:
    index = BODIES.index(body)
    expected = np.array([float(row[prefix + COLUMNS[index]]) for row in PUBLISHED])
    found = longitudes(days_of((prefix or "birth_") + "utc"))[:, index]
    assert np.abs(signed_angle(found - expected)).max() * 3600.0 <= ARC_SECONDS.get(body, 30.0)


def test_design_moments_are_within_two_minutes() -> None:
    births = days_of("birth_utc")
    found = design_days(births, longitudes(births)[:, 0])
    assert np.abs(found - days_of("design_utc")).max() * 1440.0 <= 2.0


def test_the_sun_moves_88_degrees_from_design_to_birth() -> None:
    births = days_of("birth_utc")
    sun = longitudes(births)[:, 0]
    before = longitudes(design_days(births, sun))[:, 0]
    assert np.abs(signed_angle(sun - before - 88.0)).max() * 3600.0 < 0.1


def test_the_south_node_faces_the_north_node() -> None:
    found = longitudes(days_of("birth_utc"))
    assert np.allclose(np.abs(signed_angle(found[:, 10] - found[:, 11])), 180.0)


def test_many_moments_give_what_each_gives_alone() -> None:
    days = days_of("birth_utc")[:5]
    alone = np.vstack([longitudes(days[i : i + 1]) for i in range(5)])
    assert np.allclose(longitudes(days), alone, atol=1e-9)


def test_a_moment_survives_the_way_there_and_back() -> None:
    moment = datetime(1992, 9, 20, 9, 57, tzinfo=UTC)
    assert abs((ephemeris.instants(ephem_days([moment]))[0] - moment).total_seconds()) < 0.001


def test_a_moment_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        ephem_days([datetime(1992, 9, 20, 9, 57)])  # noqa: DTZ001
