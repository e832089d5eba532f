"""Ascendant, midheaven and houses: held against their definitions, with ephem's own sidereal time."""

import ephem
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.ephemeris import obliquity, signed_angle
from matching.engine.houses import Houses, houses, sidereal_angle

DAYS = st.floats(13000.0, 40000.0)
LONGITUDES = st.floats(-180.0, 180.0)


def at(day: float, latitude: float, longitude: float) -> Houses:
    return houses(np.array([day]), np.array([latitude]), np.array([longitude]))


def equatorial(day: float, longitude: float) -> tuple[float, float]:
    """Right ascension and declination of a point of the ecliptic, radians."""
    tilt, lon = float(obliquity(np.array([day]))[0]), np.radians(longitude)
    return float(np.arctan2(np.sin(lon) * np.cos(tilt), np.cos(lon))), float(np.arcsin(np.sin(tilt) * np.sin(lon)))


@given(DAYS, LONGITUDES)
def test_sidereal_time_is_that_of_ephem(day: float, longitude: float) -> None:
    observer = ephem.Observer()
    observer.lon, observer.date, observer.epoch = np.radians(longitude), day, day
    ours = sidereal_angle(np.array([day]), np.array([longitude]))
    assert abs(signed_angle(ours - np.degrees(observer.sidereal_time()))[0]) < 0.001


@given(DAYS, st.floats(-85.0, 85.0), LONGITUDES)
def test_the_ascendant_lies_on_the_eastern_horizon(day: float, latitude: float, longitude: float) -> None:
    found = at(day, latitude, longitude)
    ra, dec = equatorial(day, float(found.ascendant[0]))
    hour = np.radians(sidereal_angle(np.array([day]), np.array([longitude]))[0]) - ra
    place = np.radians(latitude)
    height = np.sin(place) * np.sin(dec) + np.cos(place) * np.cos(dec) * np.cos(hour)
    assert abs(height) < 1e-9
    assert np.sin(hour) < 1e-9


@given(DAYS, st.floats(-60.0, 60.0), LONGITUDES)
def test_a_placidus_cusp_has_its_share_of_its_semi_arc(day: float, latitude: float, longitude: float) -> None:
    found = at(day, latitude, longitude)
    meridian = sidereal_angle(np.array([day]), np.array([longitude]))[0]
    for house, share in ((11, 1 / 3), (12, 2 / 3)):
        ra, dec = equatorial(day, float(found.cusps[0, house - 1]))
        semi_arc = 90.0 + np.degrees(np.arcsin(np.tan(np.radians(latitude)) * np.tan(dec)))
        covered = (np.degrees(ra) - meridian) % 360.0
        assert abs(covered - share * semi_arc) < 1e-6


@given(DAYS, st.floats(-65.0, 65.0), LONGITUDES)
def test_twelve_houses_go_once_around(day: float, latitude: float, longitude: float) -> None:
    cusps = at(day, latitude, longitude).cusps[0]
    widths = np.diff(np.append(cusps, cusps[0])) % 360.0
    assert abs(widths.sum() - 360.0) < 1e-6
    assert (widths > 0.0).all()


def test_outside_the_polar_circles_houses_are_placidus_and_inside_porphyry() -> None:
    assert at(30000.0, 60.0, 10.0).placidus[0]
    polar = at(30000.0, 75.0, 10.0)
    assert not polar.placidus[0]
    quadrant = signed_angle(polar.ascendant - polar.midheaven)[0]
    assert np.isclose(signed_angle(polar.cusps[:, 10] - polar.midheaven)[0], quadrant / 3.0)


def test_houses_at_the_equator_and_the_pole_are_numbers() -> None:
    for latitude in (-90.0, -66.6, 0.0, 66.6, 90.0):
        assert np.isfinite(at(30000.0, latitude, 0.0).cusps).all()
