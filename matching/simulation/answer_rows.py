"""Rows of what people answered, and the vectors that the product makes of it."""

from typing import Any

import numpy as np
import orjson

from connect.enums import NonNegotiableDimension
from connect.models import PreferenceSettings
from connect.services.extraction import Answers, vectors_of
from connect.vectors import INTERESTS, READINESS, TOPICS, VALUES
from matching.simulation.answers import CHOICES, HOURS_OF_A_SLOT, NOT_GIVEN
from matching.simulation.rows import Block, Columns
from matching.simulation.wishes import Bits, Ints

VECTORS = ("values_vector", "communication_vector", "life_goals_vector")


def preferences(block: Block) -> Columns:
    some = np.flatnonzero(block.population.answers.preferences[block.people])
    people = block.people[some]
    return block.common(some) | {
        "updated_at": block.at(block.joined, some),
        **_chosen(block, people),
        "availability_windows": _hours(block.population.answers.windows[people]),
    }


def values(block: Block) -> Columns:
    people, keys, scores = _scores(block.population.answers.values[block.people])
    return block.common(people) | {"value_key": [VALUES[i] for i in keys], "score": scores}


def interests(block: Block) -> Columns:
    people, keys, scores = _scores(block.population.answers.interests[block.people])
    return block.common(people) | {"interest_key": [INTERESTS[i] for i in keys], "score": scores}


def readiness(block: Block) -> Columns:
    given = block.population.answers.readiness[block.people]
    people, questions = np.nonzero(given)
    return block.common(people) | {
        "question_key": [READINESS[i] for i in questions.tolist()],
        "answer": given[people, questions].tolist(),
    }


def off_limits(block: Block) -> Columns:
    people, topics = np.nonzero(block.population.answers.off_limits[block.people])
    return block.common(people) | {"topic_key": [TOPICS[i] for i in topics.tolist()]}


def non_negotiables(block: Block) -> Columns:
    columns = block.population.answers.essentials[block.people]
    people, ranks = np.nonzero(columns != NOT_GIVEN)
    chosen = [_essential(i) for i in columns[people, ranks].tolist()]
    return block.common(people) | {
        "dimension": [dimension for dimension, _ in chosen],
        "key": [key for _, key in chosen],
        "priority_rank": (ranks + 1).tolist(),
    }


def vectors(block: Block) -> Columns:
    """The columns of ConnectProfile that are derived, by the product's own pipeline."""
    found = [vectors_of(answers) for answers in _answers(block)]
    columns: Columns = {name: [_vector(getattr(one, name)) for one in found] for name in VECTORS}
    return columns | {"emotional_readiness_score": [one.emotional_readiness_score for one in found]}


def _answers(block: Block) -> list[Answers]:
    said, people = block.population.answers, block.people
    parts = zip(
        (_given(VALUES, row) for row in said.values[people].tolist()),
        (_given(INTERESTS, row) for row in said.interests[people].tolist()),
        _settings(block),
        (dict(zip(READINESS, row, strict=True)) if any(row) else {} for row in said.readiness[people].tolist()),
        strict=True,
    )
    return [Answers(*part) for part in parts]


def _settings(block: Block) -> list[PreferenceSettings | None]:
    chosen = _chosen(block, block.people)
    rows = (dict(zip(chosen, row, strict=True)) for row in zip(*chosen.values(), strict=True))
    counted = block.population.answers.preferences[block.people].tolist()
    return [PreferenceSettings(**row) if given else None for row, given in zip(rows, counted, strict=True)]


def _chosen(block: Block, people: Ints) -> Columns:
    """Choices and sliders of these people, by column."""
    said = block.population.answers
    choices: Columns = {}
    for name, (options, _) in CHOICES.items():
        names = [option.value for option in options]
        choices[name] = [names[i] for i in said.chosen[name][people].tolist()]
    sliders = {name: scores[people].tolist() for name, scores in said.sliders.items()}
    return choices | sliders | {"voice_note_ok": said.voice[people].tolist()}


def _given(keys: tuple[str, ...], row: list[int]) -> dict[str, int]:
    return {key: score for key, score in zip(keys, row, strict=True) if score != NOT_GIVEN}


def _scores(table: Ints) -> tuple[Ints, list[int], list[int]]:
    people, keys = np.nonzero(table != NOT_GIVEN)
    return people, keys.tolist(), table[people, keys].tolist()


def _essential(column: int) -> tuple[str, str]:
    if column < len(VALUES):
        return NonNegotiableDimension.VALUE.value, VALUES[column]
    return NonNegotiableDimension.INTEREST.value, INTERESTS[column - len(VALUES)]


def _hours(windows: Bits) -> list[str]:
    """The hours of the week as a JSON list."""
    hours = np.repeat(windows, HOURS_OF_A_SLOT, axis=1)
    return [orjson.dumps(np.flatnonzero(row).tolist()).decode() for row in hours]


def _vector(numbers: list[float] | None) -> Any:
    return None if numbers is None else orjson.dumps(numbers).decode()
