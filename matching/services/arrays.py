"""Rows of the pool as the arrays of the engine; what each bit and column means is fixed here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import h3
import numpy as np
from numpy.typing import NDArray

from connect.enums import ConversationDepth, Gender, Mode, NonNegotiableDimension
from connect.vectors import COMMUNICATION, INTERESTS, LIFE_GOALS, TOPICS, VALUES
from matching.engine import channels, synastry
from matching.engine.features import People, emphasis
from matching.engine.filters import FRIENDSHIP, KEEN_INTEREST, ROMANCE, Pool, bit_masks, unit_vectors

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]
Bits = NDArray[np.bool_]
Numbers = dict[UUID, int]

COLUMNS = (
    "user_id", "activated_at", "held", "mode", "min_age", "max_age", "distance_km", "preferred_genders",
    "language_pref", "values_vector", "communication_vector", "life_goals_vector",
    "emotional_readiness_score",
    "user__profile__birth_date", "user__profile__gender", "user__profile__cell", "user__profile__languages",
    "user__chart__astro_features", "user__chart__hd_features", "user__preferences__conversation_depth",
    "user__preferences__availability_windows",
)  # fmt: skip

MODES = {Mode.ROMANCE: ROMANCE, Mode.FRIENDSHIP: FRIENDSHIP, Mode.BOTH: ROMANCE | FRIENDSHIP}
GENDERS = {gender: 1 << bit for bit, gender in enumerate(Gender)}
DEPTHS = {ConversationDepth.LIGHT: 0.0, ConversationDepth.MODERATE: 0.5, ConversationDepth.DEEP: 1.0}
HOURS = 168
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


def pool(facts: Facts, liked: Floats, ranked: Ranks, off_limits: Bits, *, today: date) -> Pool:
    """What is filtered."""
    centres = np.array([_centre(cell) for cell in facts["user__profile__cell"]]).reshape(-1, 2)
    return Pool(
        person=np.arange(len(liked)),
        age=ages(facts["user__profile__birth_date"], today),
        age_min=np.array(facts["min_age"], dtype=np.int64),
        age_max=np.array(facts["max_age"], dtype=np.int64),
        place=unit_vectors(centres[:, 0], centres[:, 1]),
        max_km=np.nan_to_num(_numbers(facts["distance_km"]), nan=np.inf),
        languages=_languages(facts["language_pref"], facts["user__profile__languages"]),
        mode=np.array([MODES[Mode(mode)] for mode in facts["mode"]], dtype=np.uint8),
        gender=_genders([[gender] for gender in facts["user__profile__gender"]]),
        seeks=_genders(facts["preferred_genders"]),
        off_limits=bit_masks(off_limits),
        topics=bit_masks(_dear(liked, ranked)),
    )


def ages(births: Sequence[date], today: date) -> NDArray[np.int64]:
    """Completed years; a birthday on 29 February is kept on 1 March."""
    split = np.array([(day.year, day.month * 100 + day.day) for day in births], dtype=np.int64).reshape(-1, 2)
    return np.asarray(today.year - split[:, 0] - (today.month * 100 + today.day < split[:, 1]))


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


def _genders(rows: Sequence[Iterable[str]]) -> NDArray[np.uint8]:
    return np.array([sum(GENDERS.get(Gender(g), 0) for g in set(row) if g) for row in rows], dtype=np.uint8)


def _languages(wanted: Sequence[list[str]], spoken: Sequence[list[str]]) -> NDArray[np.uint64]:
    """Who named no languages to talk in talks in those they speak.

    A mask has 64 bits: the most frequent languages of the pool get one.
    """
    rows = [set(named or own or []) for named, own in zip(wanted, spoken, strict=True)]
    frequent = Counter(code for row in rows for code in row).most_common(64)
    bits = {code: 1 << bit for bit, (code, _) in enumerate(frequent)}
    return np.array([sum(bits.get(code, 0) for code in row) for row in rows], dtype=np.uint64)


def _dear(liked: Floats, ranked: Ranks) -> Bits:
    """(n, T) the topics somebody must not be kept from: keen interests and non-negotiable ones."""
    keen = (liked >= KEEN_INTEREST) | (ranked[:, len(VALUES) :] > 0)
    columns = [TOPICS.index(key) for key in INTERESTS]
    table = np.zeros((len(liked), len(TOPICS)), dtype=bool)
    table[:, columns] = keen
    return table
