"""Rows of accounts, profiles, consents, wishes, births and charts."""

from typing import Any

import numpy as np
import orjson

from connect.enums import Purpose, Tier, UserStatus
from connect.places import cell_of
from connect.vectors import VERSION
from matching.engine.scores import ENGINE_VERSION
from matching.engine.spread import Half
from matching.simulation import tables
from matching.simulation.answer_rows import vectors
from matching.simulation.cities import COUNTRIES
from matching.simulation.rows import Block, Columns, same
from matching.simulation.wishes import Bits, Ints
from matching.vectors import packed

DOMAIN = "simulated.invalid"
"""`.invalid` is reserved: no mail server ever answers for it."""

NO_PASSWORD = "!"
CONSENT_VERSION = "v1"
GENDERS, MODES = tuple(tables.GENDER_SHARES), tuple(tables.MODE_SHARES)


def users(block: Block) -> Columns:
    seed, everybody = block.population.seed, len(block)
    return {
        "id": block.user_ids,
        "created_at": block.joined,
        "updated_at": block.joined,
        "email": [f"{seed}.{number}@{DOMAIN}" for number in block.people.tolist()],
        "timezone": [block.cities.zones[city] for city in _home_cities(block)],
        **same(everybody, password=NO_PASSWORD, status=UserStatus.ACTIVE.value, tier=Tier.FREE.value, phone=None),
        **same(everybody, is_staff=False, is_superuser=False, active_connection_count=0, last_login=None),
        **same(everybody, suspended_until=None, last_seen_at=None, last_global_refresh_at=None),
    }


def profiles(block: Block) -> Columns:
    population, known = block.population, block.cities
    placed = population.placed[block.people].tolist()
    homes = zip(placed, population.home[block.people].tolist(), strict=True)
    where = list(zip(placed, _home_cities(block), strict=True))
    return block.common(np.arange(len(block))) | {
        "updated_at": block.joined,
        "name": [f"Simulated {number}" for number in block.people.tolist()],
        "nickname": [f"S{number}" for number in block.people.tolist()],
        "birth_date": [block.born.days[birth] for birth in population.birth[block.people].tolist()],
        "gender": [GENDERS[gender].value for gender in population.wishes.gender[block.people].tolist()],
        "city": [known.names[city] if said else "" for said, city in where],
        "country": [_country(block, city) if said else "" for said, city in where],
        "cell": [cell_of(*home) if said else "" for said, home in homes],
        "languages": _codes(population.wishes.spoken[block.people]),
        "birth_changes": [[] for _ in where],
        **same(len(block), school="", bio=""),
    }


def consents(block: Block) -> Columns:
    """To matching everybody's, to the others as the population has it."""
    population = block.population
    given = np.column_stack(
        [
            np.ones(len(block), dtype=bool),
            population.astrology[block.people],
            population.human_design[block.people],
        ]
    )
    people, purposes = np.nonzero(given)
    names = (Purpose.MATCHING.value, Purpose.ASTROLOGY.value, Purpose.HUMAN_DESIGN.value)
    return block.common(people) | {
        "purpose": [names[purpose] for purpose in purposes.tolist()],
        "granted_at": block.at(block.joined, people),
        **same(len(people), version=CONSENT_VERSION, revoked_at=None),
    }


def connect_profiles(block: Block) -> Columns:
    wishes, people = block.population.wishes, block.people
    return block.common(np.arange(len(block))) | {
        "consented_at": block.joined,
        "activated_at": block.joined,
        "updated_at": block.joined,
        "mode": [MODES[mode].value for mode in wishes.mode[people].tolist()],
        "min_age": wishes.age_min[people].tolist(),
        "max_age": wishes.age_max[people].tolist(),
        "distance_km": [km or None for km in wishes.distance_km[people].tolist()],
        "preferred_genders": [[g.value for g in tables.SEEKS[seeks]] for seeks in wishes.seeks[people].tolist()],
        "language_pref": _codes(wishes.wanted[people]),
        **vectors(block),
        **same(len(block), is_active=True, consent_version=CONSENT_VERSION, vector_version=VERSION),
    }


def births(block: Block) -> Columns:
    population, known = block.population, block.cities
    some = np.flatnonzero(population.born[block.people])
    birth = population.birth[block.people[some]]
    city = population.births.city[birth].tolist()
    return block.common(some) | {
        "updated_at": block.at(block.joined, some),
        "time": [block.born.times[i] for i in birth.tolist()],
        "city": [known.names[i] for i in city],
        "country": [_country(block, i) for i in city],
        "latitude": [f"{known.degrees[i, 0]:.7f}" for i in city],
        "longitude": [f"{known.degrees[i, 1]:.7f}" for i in city],
        "timezone": [known.zones[i] for i in city],
    }


def charts(block: Block) -> Columns:
    """The features alone: what is shown to the person is left out, since nobody can sign in to see it."""
    population = block.population
    some = np.flatnonzero(population.born[block.people])
    people = block.people[some]
    birth = population.birth[people]
    return block.common(some) | {
        "astro_features": _features(block.born.astro.mean[birth], population.astrology[people]),
        "hd_features": _features(block.born.hd.mean[birth], population.human_design[people]),
        "astro_spread": _spreads(block.born.astro, birth, population.astrology[people]),
        "hd_spread": _spreads(block.born.hd, birth, population.human_design[people]),
        "computed_at": block.at(block.joined, some),
        **same(len(some), astrology=None, human_design=None, due_at=None, claimed_until=None),
        **same(len(some), engine_version=ENGINE_VERSION),
    }


def _home_cities(block: Block) -> list[int]:
    cities: list[int] = block.population.city[block.people].tolist()
    return cities


def _country(block: Block, city: int) -> str:
    return tuple(COUNTRIES)[int(block.cities.country[city])]


def _codes(spoken: Bits) -> list[list[str]]:
    return [[tables.LANGUAGES[i] for i in np.flatnonzero(row)] for row in spoken]


def _features(rows: np.ndarray, allowed: Bits) -> list[Any]:
    """Vectors as PostgreSQL reads them; null where the consent to them is missing."""
    return [
        orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode() if may else None
        for row, may in zip(rows, allowed.tolist(), strict=True)
    ]


def _spreads(half: Half, births: Ints, allowed: Bits) -> list[bytes | None]:
    """How far the features lie off; null also where the time is known."""
    return [packed(half.factors[i]) if may else None for i, may in zip(births.tolist(), allowed.tolist(), strict=True)]
