"""The questionnaire of personality: what is asked, and the numbers that the answers make.

Of the Mini-IPIP (Donnellan, Oswald, Baird & Lucas 2006, Psychological Assessment 18, 192-203), whose items are in the
public domain; `data/personality.toml` holds them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data" / "personality.toml"
SHIPPED: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
VERSION: str = SHIPPED["version"]
"""Of the questions that are asked now, and of the numbers made of them."""

LOWEST, HIGHEST = 1, 5
HIGHEST_SCORE = 100

# Coefficient alpha of the four items of each dimension, as published (study 1, table 1).
ITEMS = 4
ALPHA = {
    "extraversion": 0.77,
    "agreeableness": 0.70,
    "conscientiousness": 0.69,
    "neuroticism": 0.68,
    "imagination": 0.65,
}
DIMENSIONS = tuple(ALPHA)


@dataclass(frozen=True)
class Item:
    """Which dimension an answer speaks for, or, where it is reversed, against."""

    dimension: str
    reversed: bool


@dataclass(frozen=True)
class Scores:
    """By dimension, of those alone that something was answered about: 0 to 100, and how far to trust it, 0 to 1."""

    scores: dict[str, float]
    confidence: dict[str, float]


def scores_of(answers: Mapping[str, int], items: Mapping[str, Item]) -> Scores:
    """The numbers of answers (1 to 5) by the key of their item; those to no item of `items` count nothing."""
    said: dict[str, list[int]] = {}
    for key, item in items.items():
        if key in answers:
            said.setdefault(item.dimension, []).append(_keyed(answers[key], item))
    return Scores(
        scores={dimension: _percent(points) for dimension, points in said.items()},
        confidence={dimension: _reliability(dimension, len(points)) for dimension, points in said.items()},
    )


def _keyed(answer: int, item: Item) -> int:
    """Reversed items are turned round, as the key of the scale says."""
    return LOWEST + HIGHEST - answer if item.reversed else answer


def _percent(points: list[int]) -> float:
    """Percent of the maximum possible: the mean of what was answered on a scale from 0 to 100.

    Cohen, Cohen, Aiken & West 1999, Multivariate Behavioral Research 34, 315-346.
    """
    mean = sum(points) / len(points)
    return round(HIGHEST_SCORE * (mean - LOWEST) / (HIGHEST - LOWEST), 2)


def _reliability(dimension: str, answered: int) -> float:
    """What reliability so many of the items have: the published alpha of all four, carried to that number by the
    Spearman-Brown formula, r(k) = k·r / (1 + (k - 1)·r) with the single item's r = alpha / (n - (n - 1)·alpha).
    """
    alpha = ALPHA[dimension]
    single = alpha / (ITEMS - (ITEMS - 1) * alpha)
    return round(answered * single / (1 + (answered - 1) * single), 4)
