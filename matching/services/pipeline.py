"""From the pool to proposals, nothing stored: filters, shortlists, decomposition, fairness, explanation."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from connect.vectors import INTERESTS, LIFE_GOALS, VALUES
from matching.engine import filters
from matching.engine.explain import Explanation, Vocabulary, explain
from matching.engine.features import DIMENSIONS, Features, features
from matching.engine.filters import FILTERS, ROMANCE, Pool
from matching.engine.proposals import Pairs, possible_pairs, proposals
from matching.engine.ranking import Shortlist, exposure, gini, shortlist
from matching.engine.scores import (
    CONNECT,
    FRIENDSHIP,
    Scores,
    WeightProfile,
    breakdown,
    own_weights,
    pair_matrix,
    reciprocal,
    totals,
)
from matching.models.match import STORED
from matching.services.pairs import Excluded
from matching.services.people import Population

BLOCK_CELLS = 8_000_000
"""Cells of one block of scores, 32 MB each of the few that are held at a time."""

PAIRS_AT_ONCE = 20_000
NAMES = Vocabulary(values=VALUES, goals=LIFE_GOALS, interests=INTERESTS)


@dataclass(frozen=True)
class Draft:
    """One proposal before it is a row: indices of the two, and what a Match keeps of their scores."""

    first: int
    second: int
    fields: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """rejected: ordered pairs each rule turned down. gini: inequality of exposure with these proposals."""

    drafts: list[Draft]
    rejected: dict[str, int]
    gini: float
    left_without: int


@dataclass(frozen=True)
class Scored:
    """Pairs with the score of each dimension (m, 8), total (m,) and whether both allow romance (m,)."""

    pairs: Pairs
    scores: Scores
    total: Scores
    romance: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.integer] | NDArray[np.bool_]) -> "Scored":
        pairs = Pairs(self.pairs.first[chosen], self.pairs.second[chosen], self.pairs.worth[chosen])
        return Scored(pairs, self.scores[chosen], self.total[chosen], self.romance[chosen])


def propose(population: Population, excluded: Excluded, *, beat: Callable[[], None]) -> Outcome:
    """Who is proposed to whom. `beat` is called between blocks, to say that the work goes on."""
    if len(population) < 2:
        return Outcome([], {}, 0.0, len(population))
    made = features(population.people)
    lists, rejected = shortlists(population, made, excluded, beat)
    scored = _decompose(possible_pairs(lists), made, population.pool)
    scored = scored.take(scored.total >= settings.MATCHING_THRESHOLD)
    chosen = proposals(scored.pairs, population.waited_days, population.exposure, population.room)
    return _outcome(scored.take(chosen), made, population, rejected)


def shortlists(
    population: Population, made: Features, excluded: Excluded, beat: Callable[[], None]
) -> tuple[Shortlist, Counter[str]]:
    """The best SHORTLIST of everybody, block by block of rows, and how many pairs each rule turned down."""
    rejected = Counter(excluded.reasons)
    parts = []
    for rows in _row_blocks(len(population)):
        some = population.pool.take(rows)
        block = _screen(some, population.pool, rejected)
        excluded.clear(block, rows)
        worth = _worth(population, made, rows, filters.shares_romance(some, population.pool))
        parts.append(shortlist(worth, block, settings.SHORTLIST))
        beat()
    candidates = np.vstack([part.candidates for part in parts])
    return Shortlist(candidates, np.vstack([part.worth for part in parts])), rejected


def _row_blocks(people: int) -> list[slice]:
    step = max(1, BLOCK_CELLS // people)
    return [slice(start, min(start + step, people)) for start in range(0, people, step)]


def _screen(rows: Pool, columns: Pool, rejected: Counter[str]) -> filters.Block:
    """Who may meet by the hard filters; each filter's rejections are counted as they fall."""
    others = rows.person[:, None] != columns.person
    block = others.copy()
    for name, passes in FILTERS.items():
        passed = passes(rows, columns)
        rejected[name] += int((others & ~passed).sum())
        block &= passed
    return np.asarray(block)


def _worth(population: Population, made: Features, rows: slice, romance: filters.Block) -> Scores:
    """Reciprocal worth (r, n): by the connect profile where both allow romance, else by friendship."""
    if romance.all():
        return _weighed(population, made, rows, CONNECT)
    friends = _weighed(population, made, rows, FRIENDSHIP)
    if not romance.any():
        return friends
    return np.where(romance, _weighed(population, made, rows, CONNECT), friends)


def _weighed(population: Population, made: Features, rows: slice, profile: WeightProfile) -> Scores:
    own = own_weights(profile, population.deltas)
    some = made.take(rows)
    return reciprocal(pair_matrix(some, made, own[rows]), pair_matrix(made, some, own).T)


def _decompose(pairs: Pairs, made: Features, pool: Pool) -> Scored:
    """Every dimension of every possible pair, in chunks: features of half a million pairs are gigabytes."""
    cuts = range(0, len(pairs), PAIRS_AT_ONCE)
    chunks = [(pairs.first[i : i + PAIRS_AT_ONCE], pairs.second[i : i + PAIRS_AT_ONCE]) for i in cuts]
    empty = np.empty((0, len(DIMENSIONS)), dtype=np.float32)
    scores = np.vstack([empty, *(breakdown(made.take(one), made.take(other)) for one, other in chunks)])
    romance = (pool.mode[pairs.first] & pool.mode[pairs.second] & ROMANCE) != 0
    total = np.where(romance, totals(scores, CONNECT), totals(scores, FRIENDSHIP))
    return Scored(pairs, scores, total, romance)


def _outcome(chosen: Scored, made: Features, population: Population, rejected: Counter[str]) -> Outcome:
    ends = np.column_stack((chosen.pairs.first, chosen.pairs.second))
    shown = exposure(ends, len(population))
    lovers, friends = chosen.take(chosen.romance), chosen.take(~chosen.romance)
    return Outcome(
        drafts=[*_drafts(lovers, made, CONNECT), *_drafts(friends, made, FRIENDSHIP)],
        rejected=dict(rejected),
        gini=gini(population.exposure + shown),
        left_without=int((shown == 0).sum()),
    )


def _drafts(chosen: Scored, made: Features, profile: WeightProfile) -> list[Draft]:
    ends = np.column_stack((chosen.pairs.first, chosen.pairs.second))
    said = explain(made.take(ends[:, 0]), made.take(ends[:, 1]), profile, NAMES)
    rows = zip(ends.tolist(), chosen.scores, chosen.total, said, strict=True)
    return [Draft(i, j, _fields(scores, total, words, profile)) for (i, j), scores, total, words in rows]


def _fields(scores: Scores, total: float, said: Explanation, profile: WeightProfile) -> dict[str, Any]:
    """What a Match keeps: exact scores for us, the explanation in steps of 5 for the two."""
    exact = {name: _exact(score) for name, score in zip(DIMENSIONS, scores, strict=True)}
    return {
        **{f"{name}_score": exact[name] for name in STORED},
        "total_score": _exact(total),
        "score_breakdown": {name: None if score is None else float(score) for name, score in exact.items()},
        "explanation": {**asdict(said), "reasons": [_reason(asdict(reason)) for reason in said.reasons]},
        "match_reasons": [reason.code for reason in said.reasons],
        "weight_profile": profile.version,
    }


def _reason(reason: dict[str, Any]) -> dict[str, Any]:
    return {name: reason[name] for name in ("code", "params", "text")}


def _exact(score: float) -> Decimal | None:
    return None if np.isnan(score) else Decimal(f"{score:.2f}")
