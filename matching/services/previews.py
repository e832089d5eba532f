"""What another version of the numbers would propose, beside what the live one would: computed, never written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q, TextField, Value
from django.db.models.functions import MD5, Cast, Concat

from matching.engine.features import DIMENSIONS
from matching.engine.parameters import Parameters
from matching.services import pairs, people, pipeline
from matching.services.people import Population
from matching.services.pipeline import Draft, Outcome
from safety.roles import as_service

PEOPLE = 1500
"""The most people a preview is made of: the answer comes while one waits."""

SEED = "preview"


@dataclass(frozen=True)
class Sketch:
    """The proposals of one version. totals: their points. shares: what each dimension contributes to the points,
    in sum one.
    """

    parameters: Parameters
    pairs: frozenset[tuple[int, int]]
    left_without: int
    gini: float
    totals: list[float]
    shares: dict[str, float]

    @property
    def mean_total(self) -> float:
        """Zero where nothing is proposed."""
        return sum(self.totals) / len(self.totals) if self.totals else 0.0


@dataclass(frozen=True)
class Comparison:
    """Two versions on the same people."""

    people: int
    live: Sketch
    draft: Sketch

    @property
    def in_both(self) -> int:
        return len(self.live.pairs & self.draft.pairs)


def compare(*, live: Parameters, draft: Parameters, now: datetime, most: int = PEOPLE) -> Comparison:
    """What both would propose to the same sample of the pool as it is now. Nothing is written."""
    capacity = max(live.capacity, draft.capacity)
    with as_service():
        population = people.load(capacity=capacity, among=Q(user__in=_sample(capacity, most)), now=now)
        sketch = _sketcher(population, capacity, now)
        return Comparison(len(population), sketch(live), sketch(draft))


def _sample(capacity: int, most: int) -> list[UUID]:
    """Some of the pool, drawn by lots that stay the same, so that two previews differ by their numbers alone."""
    lot = MD5(Concat(Cast("user_id", TextField()), Value(SEED)))
    drawn = people.eligible(capacity=capacity).annotate(lot=lot).order_by("lot")
    return list(drawn.values_list("user_id", flat=True)[:most])


def _sketcher(population: Population, capacity: int, now: datetime) -> Callable[[Parameters], Sketch]:
    def sketch(parameters: Parameters) -> Sketch:
        room = np.maximum(0, population.room - capacity + parameters.capacity)
        excluded = pairs.excluded(population.ids, decline_rest=parameters.decline_rest, now=now)
        some = replace(population, room=room)
        return _sketch(parameters, pipeline.propose(some, excluded, parameters=parameters))

    return sketch


def _sketch(parameters: Parameters, outcome: Outcome) -> Sketch:
    return Sketch(
        parameters=parameters,
        pairs=frozenset((draft.first, draft.second) for draft in outcome.drafts),
        left_without=outcome.left_without,
        gini=outcome.gini,
        totals=[float(draft.fields["total_score"]) for draft in outcome.drafts],
        shares=_shares(outcome.drafts, parameters),
    )


def _shares(drafts: list[Draft], parameters: Parameters) -> dict[str, float]:
    """Weight times score of each dimension, summed over all proposals, as a part of all together."""
    weights = {profile.version: profile.weights for profile in (parameters.connect, parameters.friendship)}
    points = dict.fromkeys(DIMENSIONS, 0.0)
    for draft in drafts:
        for name, given in _points(draft.fields, weights).items():
            points[name] += given
    whole = sum(points.values())
    return {name: given / whole if whole else 0.0 for name, given in points.items()}


def _points(fields: dict[str, Any], weights: dict[str, dict[str, float]]) -> dict[str, float]:
    """What each dimension gives to one total: the weights of those that lack are shared by the rest."""
    own = weights[fields["weight_profile"]]
    scores = {name: score for name, score in fields["score_breakdown"].items() if score is not None}
    whole = sum(own.get(name, 0.0) for name in scores)
    return {name: own.get(name, 0.0) * score / whole for name, score in scores.items()} if whole else {}
