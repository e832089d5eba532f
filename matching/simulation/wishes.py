"""Who the invented people are and whom they look for: arrays out of a generator."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connect.enums import Gender, Mode
from matching.engine.ephemeris import Floats
from matching.simulation import tables
from matching.simulation.cities import COUNTRIES, Cities

Ints = NDArray[np.int64]
Bits = NDArray[np.bool_]

BIRTHS = 20_000
"""How many different births are drawn at most: a chart takes up to five milliseconds. In a larger population births
repeat: people then share day, hour and place of birth, and nothing else.
"""
YOUNGEST, OLDEST, YEAR = 18.0, 76.0, 365.2425
TYPICAL_YEARS, SPREAD = 13.5, 0.62
"""Of the lognormal years since the eighteenth birthday: their median, and the deviation of their logarithm."""


@dataclass(frozen=True)
class Births:
    """m births: age (m,) in days on the reference day, minute (m,) of the local day or -1 where nobody knows, city (m,)
    as an index.
    """

    age_days: Ints
    minute: Ints
    city: Ints


@dataclass(frozen=True)
class Wishes:
    """n people. gender, mode: indices into the enums. age_min, age_max; distance_km, 0 for no limit; seeks: index into
    tables.SEEKS. spoken, wanted (n, L): of tables.LANGUAGES.
    """

    gender: Ints
    mode: Ints
    age_min: Ints
    age_max: Ints
    distance_km: Ints
    seeks: Ints
    spoken: Bits
    wanted: Bits


def births(rng: np.random.Generator, people: int, cities: Cities) -> Births:
    number = min(people, BIRTHS)
    minute = np.where(rng.random(number) < 0.2, -1, rng.integers(0, 24 * 60, number))
    # A day more than the years have, so that nobody falls short of them by a leap day.
    age_days = np.ceil(_years(rng, number) * YEAR).astype(np.int64) + 1
    return Births(age_days, minute, cities.draw(rng, number))


def _years(rng: np.random.Generator, number: int) -> Floats:
    """Lognormal above YOUNGEST, none of OLDEST or more."""
    years = np.full(number, OLDEST)
    while (too_old := years >= OLDEST).any():
        years[too_old] = YOUNGEST + TYPICAL_YEARS * np.exp(rng.normal(0.0, SPREAD, too_old.sum()))
    return years


def wishes(rng: np.random.Generator, age: Floats, country: Ints) -> Wishes:
    """`age` (n,) in years and `country` (n,) of the people whose wishes these are."""
    number = len(age)
    gender = pick(rng, number, list(tables.GENDER_SHARES.values()))
    mode = pick(rng, number, list(tables.MODE_SHARES.values()))
    age_min, age_max = _age_range(rng, age, gender, mode)
    distances = np.array([km or 0 for km in tables.DISTANCES])
    spoken, own = _languages(rng, country)
    return Wishes(
        gender=gender,
        mode=mode,
        age_min=age_min,
        age_max=age_max,
        distance_km=distances[pick(rng, number, list(tables.DISTANCES.values()))],
        seeks=_seeks(rng, gender, mode),
        spoken=spoken,
        wanted=_wanted(rng, spoken, own),
    )


def pick(rng: np.random.Generator, number: int, shares: list[float]) -> Ints:
    return rng.choice(len(shares), size=number, p=shares)


def pick_each(rng: np.random.Generator, shares: Floats) -> Ints:
    """One index for each row of shares (n, k)."""
    reached = rng.random((len(shares), 1)) >= np.cumsum(shares, axis=1)[:, :-1]
    return np.asarray(reached.sum(axis=1))


def _age_range(rng: np.random.Generator, age: Floats, gender: Ints, mode: Ints) -> tuple[Ints, Ints]:
    """Around one's own age, wider for friends."""
    wider = np.where(mode == list(tables.MODE_SHARES).index(Mode.FRIENDSHIP), 1.5, 1.0)
    younger, older = (_by_gender(shares)[gender] for shares in (tables.YEARS_YOUNGER, tables.YEARS_OLDER))
    below = 2.0 + rng.gamma(3.0, 1.0, len(age)) * younger * age * wider
    above = 2.0 + rng.gamma(3.0, 1.0, len(age)) * older * age * wider
    lowest, highest = np.maximum(age - below, 18.0), np.minimum(age + above, 99.0)
    return lowest.astype(np.int64), highest.astype(np.int64)


def _seeks(rng: np.random.Generator, gender: Ints, mode: Ints) -> Ints:
    friends_only = mode == list(tables.MODE_SHARES).index(Mode.FRIENDSHIP)
    romance, friendship = (_by_gender(t) for t in (tables.SEEKS_IN_ROMANCE, tables.SEEKS_IN_FRIENDSHIP))
    return pick_each(rng, np.where(friends_only[:, None], friendship[gender], romance[gender]))


def _by_gender(table: Mapping[Gender, float | tuple[float, ...]]) -> Floats:
    return np.array([table[gender] for gender in tables.GENDER_SHARES])


def _languages(rng: np.random.Generator, country: Ints) -> tuple[Bits, Ints]:
    """What each speaks (n, L), and the language of their country (n,)."""
    first = pick_each(rng, np.array([_shares(tables.FIRST_LANGUAGES[code]) for code in COUNTRIES])[country])
    own = np.array([tables.LANGUAGES.index(next(iter(tables.FIRST_LANGUAGES[code]))) for code in COUNTRIES])[country]
    spoken = rng.random((len(country), len(tables.LANGUAGES))) < _shares(tables.FURTHER_LANGUAGES)
    everybody = np.arange(len(country))
    spoken[everybody, own] |= rng.random(len(country)) < 0.95
    spoken[everybody, first] = True
    return spoken, own


def _shares(languages: dict[str, float]) -> Floats:
    return np.array([languages.get(code, 0.0) for code in tables.LANGUAGES])


def _wanted(rng: np.random.Generator, spoken: Bits, own: Ints) -> Bits:
    """All one speaks (60 %), only the country's language (28 %), or nothing said."""
    choice = rng.random(len(own))[:, None]
    only = spoken & (np.arange(spoken.shape[1]) == own[:, None])
    return np.where(choice < 0.60, spoken, only & (choice < 0.88))
