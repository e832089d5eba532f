"""From the pool to proposals, nothing stored: shortlists, decomposition, fairness, explanation."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connect.vectors import INTERESTS, LIFE_GOALS, VALUES
from matching.engine import blocks, filters
from matching.engine.explain import Explanation, Vocabulary, explain
from matching.engine.features import DIMENSIONS, Features
from matching.engine.filters import ROMANCE
from matching.engine.parameters import Parameters
from matching.engine.proposals import Pairs, possible_pairs, proposals
from matching.engine.ranking import Field, Ranked, best, exposure, gini, rank
from matching.engine.scores import Scores, WeightProfile, breakdown_of, reciprocal, totals, weighted
from matching.models.match import STORED
from matching.services.pairs import Excluded
from matching.services.people import Population

NAMES = Vocabulary(values=VALUES, goals=LIFE_GOALS, interests=INTERESTS)
THREADS = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Draft:
    """One proposal before it is a row: indices of the two, and what a Match keeps of their scores."""

    first: int
    second: int
    fields: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """rejected: ordered pairs that each rule was the first to turn down. gini: inequality of exposure with these
    proposals. alone: how many people had nobody on their list.
    """

    drafts: list[Draft]
    rejected: dict[str, int]
    gini: float
    left_without: int
    alone: int


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


def propose(
    population: Population, excluded: Excluded, *, parameters: Parameters, beat: Callable[[], None] = lambda: None
) -> Outcome:
    """Who is proposed to whom. `beat` is called now and then, to say that the work goes on."""
    if len(population) < 2:
        return Outcome([], {}, 0.0, len(population), len(population))
    cut = blocks.cut(population.pool)
    meetings, unseen = blocks.meetings(population.pool, cut)
    where = field(population, cut, excluded, parameters)
    ranked = rank(where, meetings, parameters.shortlist, threads=THREADS, beat=beat)
    return decide(population, ranked, unseen + Counter(excluded.reasons), parameters)


def propose_to(person: int, population: Population, excluded: Excluded, *, parameters: Parameters) -> Outcome:
    """Who of a population is proposed to one of them."""
    pairs, turned_down = _around(person, population, excluded, parameters)
    return _decided(population, pairs, turned_down + Counter(excluded.reasons), parameters)


def field(population: Population, cut: blocks.Blocks, excluded: Excluded, parameters: Parameters) -> Field:
    """What ranking needs of a population and a cut of it."""
    made = population.features
    return Field(
        population.pool,
        cut,
        weighted(made, parameters.connect),
        weighted(made, parameters.friendship),
        excluded.pairs,
    )


def decide(population: Population, ranked: Ranked, rejected: Counter[str], parameters: Parameters) -> Outcome:
    """The proposals out of everybody's shortlists. `rejected`: ordered pairs turned down before they were ranked."""
    return _decided(population, possible_pairs(ranked.lists), rejected + Counter(ranked.turned_down), parameters)


def friends(pairs: Pairs, made: Features, profile: WeightProfile) -> list[Draft]:
    """Pairs of people by their features as they are stored, weighed by one profile."""
    scores = breakdown_of(made, pairs.first, pairs.second)
    romance = np.zeros(len(pairs), dtype=bool)
    return _drafts(Scored(pairs, scores, totals(scores, profile), romance), made, profile)


def _around(
    person: int, population: Population, excluded: Excluded, parameters: Parameters
) -> tuple[Pairs, Counter[str]]:
    """One person's shortlist as pairs: a single row of what `rank` computes for all."""
    row, pool = slice(person, person + 1), population.pool
    block, turned_down = filters.screen(pool.take(row), pool)
    apart = excluded.pairs[excluded.pairs[:, 0] == person, 1]
    block[0, apart] = False
    candidates = np.flatnonzero(block[0])
    worth = np.full(len(candidates), np.nan, dtype=np.float32)
    romance = (pool.mode[person] & pool.mode[candidates] & ROMANCE) != 0
    for profile, some in ((parameters.connect, romance), (parameters.friendship, ~romance)):
        if some.any():
            made = weighted(population.features.take(np.append(candidates[some], person)), profile)
            worth[some] = reciprocal(made.take(slice(-1, None)), made.take(slice(-1)))[0]
    chosen = best(worth, candidates, parameters.shortlist)
    ends = np.sort(np.column_stack((np.full(len(chosen), person), candidates[chosen])), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    first, second = ends[order].T
    return Pairs(first, second, worth[chosen][order].astype(np.float64)), Counter(turned_down)


def _decided(population: Population, pairs: Pairs, rejected: Counter[str], parameters: Parameters) -> Outcome:
    scored = _decompose(pairs, population, parameters)
    scored = scored.take(scored.total >= parameters.threshold)
    chosen = proposals(
        scored.pairs,
        population.waited_days,
        population.exposure,
        population.room,
        waiting_lift=parameters.waiting_lift,
        waiting_bound=parameters.waiting_bound,
        exposure_lift=parameters.exposure_lift,
    )
    return _outcome(scored, chosen, population, parameters, rejected)


def _decompose(pairs: Pairs, population: Population, parameters: Parameters) -> Scored:
    """Every dimension of every possible pair."""
    scores = breakdown_of(population.features, pairs.first, pairs.second)
    romance = (population.pool.mode[pairs.first] & population.pool.mode[pairs.second] & ROMANCE) != 0
    total = np.where(romance, totals(scores, parameters.connect), totals(scores, parameters.friendship))
    return Scored(pairs, scores, total, romance)


def _outcome(
    scored: Scored, where: NDArray[np.int64], population: Population, parameters: Parameters, rejected: Counter[str]
) -> Outcome:
    chosen, made = scored.take(where), population.features
    ends = np.column_stack((chosen.pairs.first, chosen.pairs.second))
    shown = exposure(ends, len(population))
    lovers, friends = chosen.take(chosen.romance), chosen.take(~chosen.romance)
    return Outcome(
        drafts=[*_drafts(lovers, made, parameters.connect), *_drafts(friends, made, parameters.friendship)],
        rejected=dict(rejected),
        gini=gini((population.exposure + shown)[population.there]),
        left_without=int((shown == 0)[population.there].sum()),
        alone=int(population.there.sum()) - len(np.union1d(scored.pairs.first, scored.pairs.second)),
    )


def _drafts(chosen: Scored, made: Features, profile: WeightProfile) -> list[Draft]:
    ends = np.column_stack((chosen.pairs.first, chosen.pairs.second))
    said = explain(made.take(ends[:, 0]), made.take(ends[:, 1]), profile, NAMES)
    rows = zip(ends.tolist(), _exact(chosen.scores), _exact(chosen.total), said, strict=True)
    return [Draft(i, j, _fields(scores, total, words, profile)) for (i, j), scores, total, words in rows]


def _fields(
    scores: list[float | None], total: float | None, said: Explanation, profile: WeightProfile
) -> dict[str, Any]:
    """What a Match keeps: exact scores for us, the explanation in steps of 5 for the two."""
    exact = dict(zip(DIMENSIONS, scores, strict=True))
    return {
        **{f"{name}_score": exact[name] for name in STORED},
        "total_score": total,
        "score_breakdown": exact,
        "explanation": said.stored(),
        "match_reasons": [reason.code for reason in said.reasons],
        "weight_profile": profile.version,
    }


def _exact(scores: Scores) -> list[Any]:
    """To two decimals, None where there is none."""
    exact = np.round(scores.astype(np.float64), 2).astype(object)
    exact[np.isnan(scores)] = None
    return list(exact.tolist())
