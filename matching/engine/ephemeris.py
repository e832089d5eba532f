"""Where the bodies stood: apparent geocentric ecliptic longitudes of date.

Positions come from ephem (libastro: VSOP87, Moshier's Moon); the turn into ecliptic coordinates is done here
for all moments at once. Moments are float days in ephem's own count (days since 1899-12-31 12:00 UT),
longitudes are degrees in [0, 360).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import ephem
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PLANETS = ("sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto")
BODIES = (*PLANETS, "north_node", "south_node")
"""The order of the last axis of every array of longitudes."""

EPOCH = datetime(1899, 12, 31, 12, tzinfo=UTC)
J2000 = 36525.0
"""2000-01-01 12:00 in ephem days."""

DESIGN_ARC = 88.0
"""Degrees of solar longitude between the design moment and birth."""

NODE_STEP = 0.01
"""Days between the two places of the Moon that span its orbital plane. In that quarter of an hour the node
moves by thousandths of a degree; a shorter step would drown in the rounding of libastro's latitudes.
"""


def ephem_days(instants: Iterable[datetime]) -> Floats:
    """Aware datetimes as ephem days, shape (n,). A naive datetime is refused: it does not name a moment."""
    return np.array([_days_since_epoch(instant) for instant in instants], dtype=np.float64)


def _days_since_epoch(instant: datetime) -> float:
    if instant.tzinfo is None:
        raise ValueError("a moment needs a timezone")
    return (instant - EPOCH).total_seconds() / 86400.0


def longitudes(days: Floats) -> Floats:
    """Longitudes of BODIES at each moment: (n,) days to (n, 12) degrees.

    Nodes are the true (osculating) ones.
    """
    equatorial, moons = _observe(days)
    planets = ecliptic_longitude(equatorial[..., 0], equatorial[..., 1], obliquity(days)[:, None])
    node = _true_node(moons) + np.degrees(nutation(days)[0])
    return np.column_stack((planets, node, node + 180.0)) % 360.0


def _observe(days: Floats) -> tuple[Floats, Floats]:
    """Radians: equatorial places (n, 10, 2), and two near ecliptic places of the Moon (n, 2, 2).

    One plain loop: what costs here is libastro, and its caches want one moment's bodies in a row.
    """
    bodies = [getattr(ephem, name.capitalize())() for name in PLANETS]
    moon = bodies[1]
    equatorial: list[float] = []
    moons: list[float] = []
    for day in days.tolist():
        for body in bodies:
            body.compute(day, day)
            equatorial += (body.g_ra, body.g_dec)
        moons += (moon.hlon, moon.hlat)
        moon.compute(day + NODE_STEP, day)
        moons += (moon.hlon, moon.hlat)
    return np.array(equatorial).reshape(-1, len(PLANETS), 2), np.array(moons).reshape(-1, 2, 2)


def _true_node(moons: Floats) -> Floats:
    """Ascending node in degrees, mean equinox of date, from two near places (n, 2, 2) of the Moon in radians.

    The plane through both places and the Earth is the osculating orbit; its normal, turned by 90 degrees,
    points at the node. Distances cancel.
    """
    lon, lat = moons[..., 0], moons[..., 1]
    place = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=-1)
    normal = np.cross(place[:, 0], place[:, 1])
    return np.degrees(np.arctan2(normal[:, 0], -normal[:, 1]))


def ecliptic_longitude(ra: Floats, dec: Floats, tilt: Floats) -> Floats:
    """Ecliptic longitude in degrees from equatorial coordinates and obliquity in radians (Meeus, ch. 13)."""
    y = np.sin(ra) * np.cos(tilt) + np.tan(dec) * np.sin(tilt)
    return np.asarray(np.degrees(np.arctan2(y, np.cos(ra))) % 360.0)


def nutation(days: Floats) -> tuple[Floats, Floats]:
    """Nutation in longitude and in obliquity, radians, good to half an arc second (Meeus, ch. 22)."""
    t = (days - J2000) / 36525.0
    node = np.radians(125.04452 - 1934.136261 * t)
    sun = np.radians(280.4665 + 36000.7698 * t)
    moon = np.radians(218.3165 + 481267.8813 * t)
    lon = -17.20 * np.sin(node) - 1.32 * np.sin(2 * sun) - 0.23 * np.sin(2 * moon) + 0.21 * np.sin(2 * node)
    tilt = 9.20 * np.cos(node) + 0.57 * np.cos(2 * sun) + 0.10 * np.cos(2 * moon) - 0.09 * np.cos(2 * node)
    return np.radians(lon / 3600.0), np.radians(tilt / 3600.0)


def obliquity(days: Floats) -> Floats:
    """True obliquity of the ecliptic of date, radians (Meeus, ch. 22)."""
    t = (days - J2000) / 36525.0
    mean = 84381.448 - 46.8150 * t - 0.00059 * t**2 + 0.001813 * t**3
    return np.radians(mean / 3600.0) + nutation(days)[1]


def design_days(days: Floats, sun: Floats) -> Floats:
    """When the Sun stood 88 degrees before its longitude `sun` (degrees) at `days`; both (n,).

    A short series for the Sun brings it within minutes; one true position and the series' slope do the rest
    (the Sun's speed changes so slowly that what is left is a fraction of a second).
    """
    target = sun - DESIGN_ARC
    guess = days - DESIGN_ARC / 0.98564736
    for _ in range(3):
        guess = guess - signed_angle(_series_sun(guess) - target) / _series_speed(guess)
    return guess - signed_angle(sun_longitudes(guess) - target) / _series_speed(guess)


def sun_longitudes(days: Floats) -> Floats:
    """The Sun's longitude alone, (n,) degrees."""
    sun = ephem.Sun()
    places: list[float] = []
    for day in days.tolist():
        sun.compute(day, day)
        places += (sun.g_ra, sun.g_dec)
    ra, dec = np.array(places).reshape(-1, 2).T
    return ecliptic_longitude(ra, dec, obliquity(days))


def signed_angle(degrees: Floats) -> Floats:
    """Degrees wrapped into [-180, 180)."""
    return (degrees + 180.0) % 360.0 - 180.0


def _series_sun(days: Floats) -> Floats:
    """The Sun within 0.01 degrees (Meeus, ch. 25, low accuracy)."""
    t = (days - J2000) / 36525.0
    m = np.radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * np.sin(m) + 0.019993 * np.sin(2 * m) + 0.000289 * np.sin(3 * m)
    return np.asarray(280.46646 + 36000.76983 * t + centre - 0.00569)


def _series_speed(days: Floats) -> Floats:
    """Degrees a day: the derivative of the series above."""
    m = np.radians(357.52911 + 35999.05029 * (days - J2000) / 36525.0)
    return np.asarray(0.98564736 + 0.0334 * np.cos(m) + 0.0007 * np.cos(2 * m))


def instants(days: Sequence[float] | Floats) -> list[datetime]:
    """Ephem days back as aware UTC datetimes."""
    return [datetime.fromtimestamp(EPOCH.timestamp() + float(day) * 86400.0, UTC) for day in days]
