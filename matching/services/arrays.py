"""What people said, as the arrays of the engine; what each bit and column means is fixed here."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import h3
import numpy as np
from numpy.typing import NDArray

from connect.enums import ConversationDepth, Gender, Mode, NonNegotiableDimension
from connect.languages import CODES
from connect.vectors import COMMUNICATION, INTERESTS, LIFE_GOALS, TOPICS, VALUES
from matching.engine import channels, synastry
from matching.engine.features import People, emphasis
from matching.engine.filters import FRIENDSHIP, KEEN_INTEREST, ROMANCE, bit_masks
from matching.vectors import HOURS, LANGUAGE_BYTES

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]
Bits = NDArray[np.bool_]
Numbers = dict[UUID, int]

COLUMNS = (
    "user_id", "mode", "min_age", "max_age", "distance_km", "preferred_genders", "language_pref",
    "values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score",
    "user__profile__birth_date", "user__profile__gender", "user__profile__cell", "user__profile__languages",
    "user__chart__astro_features", "user__chart__hd_features", "user__preferences__conversation_depth",
    "user__preferences__availability_windows",
)  # fmt: skip

MODES = {Mode.ROMANCE: ROMANCE, Mode.FRIENDSHIP: FRIENDSHIP, Mode.BOTH: ROMANCE | FRIENDSHIP}
GENDERS = {gender: 1 << bit for bit, gender in enumerate(Gender)}
LANGUAGES = {code: 1 << bit for bit, code in enumerate(sorted(CODES))}
DEPTHS = {ConversationDepth.LIGHT: 0.0, ConversationDepth.MODERATE: 0.5, ConversationDepth.DEEP: 1.0}
RANKED = {
    NonNegotiableDimension.VALUE: {key: i for i, key in enumerate(VALUES)},
    NonNegotiableDimension.INTEREST: {key: len(VALUES) + i for i, key in enumerate(INTERESTS)},
}
"""Columns of a table of ranks: values first, then interests. Preferences have no weight of their own."""


class Facts(dict[str, Sequence[Any]]):
    """The main query, column by column."""

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> "Facts":
        columns = zip(*rows, strict=True) if rows else ([] for _ in COLUMNS)
        return cls(zip(COLUMNS, columns, strict=True))


def interests(numbers: Numbers, rows: Iterable[tuple[Any, ...]]) -> Floats:
    """(n, I) scores 0-100, NaN where not given."""
    table = np.full((len(numbers), len(INTERESTS)), np.nan)
    columns = {key: i for i, key in enumerate(INTERESTS)}
    for user_id, key, score in rows:
        if user_id in numbers and key in columns:
            table[numbers[user_id], columns[key]] = score
    return table


def ranks(numbers: Numbers, rows: Iterable[tuple[Any, ...]]) -> Ranks:
    """(n, V + I) ranks 1-3 of non-negotiable values and interests, 0 elsewhere."""
    table = np.zeros((len(numbers), len(VALUES) + len(INTERESTS)), dtype=np.int64)
    for user_id, dimension, key, rank in rows:
        column = RANKED.get(dimension, {}).get(key)
        if user_id in numbers and column is not None:
            table[numbers[user_id], column] = rank
    return table


def topics(numbers: Numbers, rows: Iterable[tuple[Any, ...]]) -> Bits:
    """(n, T) which topics somebody named."""
    table = np.zeros((len(numbers), len(TOPICS)), dtype=bool)
    columns = {key: i for i, key in enumerate(TOPICS)}
    for user_id, key in rows:
        if user_id in numbers and key in columns:
            table[numbers[user_id], columns[key]] = True
    return table


def people(facts: Facts, liked: Floats, ranked: Ranks) -> People:
    """What is scored."""
    weights = emphasis(ranked)
    return People(
        astro=_vectors(facts["user__chart__astro_features"], synastry.WIDTH),
        hd=_vectors(facts["user__chart__hd_features"], channels.WIDTH),
        values=_vectors(facts["values_vector"], len(VALUES)),
        goals=_vectors(facts["life_goals_vector"], len(LIFE_GOALS)),
        communication=_vectors(facts["communication_vector"], len(COMMUNICATION)),
        interests=liked,
        depth=_numbers([DEPTHS.get(depth) for depth in facts["user__preferences__conversation_depth"]]),
        availability=_weeks(facts["user__preferences__availability_windows"]),
        readiness=_numbers(facts["emotional_readiness_score"]),
        values_weight=weights[:, : len(VALUES)],
        interests_weight=weights[:, len(VALUES) :],
    )


def filtered(facts: Facts, liked: Floats, ranked: Ranks, off_limits: Bits) -> dict[str, Sequence[Any]]:
    """What is filtered by: columns of PoolEntry."""
    centres = [_centre(cell) for cell in facts["user__profile__cell"]]
    return {
        "birth_date": facts["user__profile__birth_date"],
        "min_age": facts["min_age"],
        "max_age": facts["max_age"],
        "north": [north for north, _ in centres],
        "east": [east for _, east in centres],
        "max_km": [math.inf if km is None else km for km in facts["distance_km"]],
        "languages": _languages(facts["language_pref"], facts["user__profile__languages"]),
        "mode": [MODES[Mode(mode)] for mode in facts["mode"]],
        "gender": _genders([[gender] for gender in facts["user__profile__gender"]]),
        "seeks": _genders(facts["preferred_genders"]),
        "off_limits": bit_masks(off_limits).tolist(),
        "topics": bit_masks(_dear(liked, ranked)).tolist(),
    }


@cache
def _centre(cell: str) -> tuple[float, float]:
    """Degrees north and east of the centre of an H3 cell; NaN where none is known."""
    return h3.cell_to_latlng(cell) if h3.is_valid_cell(cell) else (np.nan, np.nan)


def _vectors(rows: Sequence[Any], width: int) -> Floats:
    table = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        if row is not None:
            table[i] = row
    return table


def _numbers(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _weeks(windows: Sequence[list[int] | None]) -> Floats:
    """(n, 168) which hours of the week somebody has time; NaN where nothing was said."""
    table = np.full((len(windows), HOURS), np.nan)
    for i, hours in enumerate(windows):
        if hours:
            table[i] = 0.0
            table[i, [hour for hour in hours if 0 <= hour < HOURS]] = 1.0
    return table


def _genders(rows: Sequence[Iterable[str]]) -> list[int]:
    return [sum(GENDERS.get(Gender(gender), 0) for gender in set(row) if gender) for row in rows]


def _languages(wanted: Sequence[list[str] | None], spoken: Sequence[list[str] | None]) -> list[bytes]:
    """A bit a language. Who named no languages to talk in talks in those they speak."""
    rows = [set(named or own or ()) for named, own in zip(wanted, spoken, strict=True)]
    return [sum(LANGUAGES.get(code, 0) for code in row).to_bytes(LANGUAGE_BYTES, "little") for row in rows]


def _dear(liked: Floats, ranked: Ranks) -> Bits:
    """(n, T) the topics somebody must not be kept from: keen interests and non-negotiable ones."""
    keen = (liked >= KEEN_INTEREST) | (ranked[:, len(VALUES) :] > 0)
    columns = [TOPICS.index(key) for key in INTERESTS]
    table = np.zeros((len(liked), len(TOPICS)), dtype=bool)
    table[:, columns] = keen
    return table
