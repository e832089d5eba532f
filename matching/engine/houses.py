"""Ascendant, midheaven and the twelve houses.

Houses are Placidus. Inside the polar circles some degrees of the ecliptic never rise and Placidus has no
answer: there the quadrants are cut in equal thirds of longitude (Porphyry), and `Houses.placidus` says so for
each row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.ephemeris import J2000, Floats, nutation, obliquity, signed_angle

ITERATIONS = 40
"""Placidus converges linearly; this many rounds reach 1e-9 degrees up to 60 degrees of latitude."""


@dataclass(frozen=True)
class Houses:
    """Degrees of ecliptic longitude: ascendant and midheaven (S,), cusps (S, 12) from the first house on.

    placidus (S,) is false where Porphyry had to stand in.
    """

    ascendant: Floats
    midheaven: Floats
    cusps: Floats
    placidus: NDArray[np.bool_]


def houses(days: Floats, latitude: Floats, longitude: Floats) -> Houses:
    """Houses of each moment (S,) in ephem days at places (S,) in degrees north and east."""
    tilt = obliquity(days)
    meridian = sidereal_angle(days, longitude)
    culminating = midheaven(meridian, tilt)
    rising = _eastern(ascendant(meridian, latitude, tilt), culminating)
    possible = np.abs(latitude) < 90.0 - np.degrees(tilt)
    quarters = _placidus(meridian, np.where(possible, latitude, 0.0), tilt)
    thirds = _porphyry(rising, culminating)
    upper = np.where(possible[:, None], quarters, thirds)
    return Houses(rising, culminating, _twelve(rising, culminating, upper), possible)


def sidereal_angle(days: Floats, longitude: Floats) -> Floats:
    """Right ascension of the meridian in degrees: local apparent sidereal time (Meeus, ch. 12)."""
    since = days - J2000
    t = since / 36525.0
    mean = 280.46061837 + 360.98564736629 * since + 0.000387933 * t**2
    return np.asarray((mean + np.degrees(nutation(days)[0]) * np.cos(obliquity(days)) + longitude) % 360.0)


def ascendant(meridian: Floats, latitude: Floats, tilt: Floats) -> Floats:
    """The degree rising in the east; meridian and latitude in degrees, tilt in radians (Meeus, ch. 14)."""
    angle, place = np.radians(meridian), np.radians(latitude)
    y = np.cos(angle)
    x = -(np.sin(angle) * np.cos(tilt) + np.tan(place) * np.sin(tilt))
    return np.asarray(np.degrees(np.arctan2(y, x)) % 360.0)


def _eastern(rising: Floats, culminating: Floats) -> Floats:
    """Within the polar circles the formula may find the setting point; the midheaven tells them apart."""
    return np.where(signed_angle(rising - culminating) < 0.0, rising + 180.0, rising) % 360.0


def midheaven(meridian: Floats, tilt: Floats) -> Floats:
    """The degree on the upper meridian."""
    angle = np.radians(meridian)
    return np.asarray(np.degrees(np.arctan2(np.sin(angle), np.cos(angle) * np.cos(tilt))) % 360.0)


def _placidus(meridian: Floats, latitude: Floats, tilt: Floats) -> Floats:
    """Cusps 11, 12, 2 and 3 as (S, 4) degrees.

    A cusp has covered a third or two thirds of its own semi-arc: of the diurnal one between the meridian and
    the eastern horizon (11, 12), of the nocturnal one below it (2, 3). Fixed-point iteration on right
    ascension.
    """
    ratio = np.array([1 / 3, 2 / 3, 2 / 3, 1 / 3])
    below = np.array([0.0, 0.0, 180.0, 180.0])
    side = np.array([1.0, 1.0, -1.0, -1.0])
    angle = meridian[:, None] + np.array([30.0, 60.0, 120.0, 150.0])
    slope = np.tan(np.radians(latitude))[:, None] * np.tan(tilt)[:, None]
    for _ in range(ITERATIONS):
        excess = np.degrees(np.arcsin(np.clip(slope * np.sin(np.radians(angle)), -1.0, 1.0)))
        angle = meridian[:, None] + below + side * ratio * (90.0 + side * excess)
    radians = np.radians(angle)
    return np.asarray(np.degrees(np.arctan2(np.sin(radians), np.cos(radians) * np.cos(tilt)[:, None])) % 360.0)


def _porphyry(rising: Floats, culminating: Floats) -> Floats:
    """Cusps 11, 12, 2 and 3 as (S, 4) degrees: thirds of the quadrants."""
    above = signed_angle(rising - culminating)[:, None] / 3.0
    under = signed_angle(culminating + 180.0 - rising)[:, None] / 3.0
    return np.hstack((culminating[:, None] + above * [1.0, 2.0], rising[:, None] + under * [1.0, 2.0])) % 360.0


def _twelve(rising: Floats, culminating: Floats, four: Floats) -> Floats:
    """All cusps in order; opposite houses face each other."""
    eastern = np.column_stack(
        (rising, four[:, 2], four[:, 3], culminating + 180.0, four[:, 0] + 180.0, four[:, 1] + 180)
    )
    return np.hstack((eastern, eastern + 180.0)) % 360.0
