"""How far the scores of proposals may lie off where a time of birth is unknown, for the chosen pairs alone."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q

from config import bulk
from matching.engine.scores import public_score
from matching.engine.spread import UNCERTAIN, Factor, Uncertain, uncertain
from matching.models import Chart
from matching.services.people import Population
from matching.services.pipeline import Draft
from matching.vectors import unpacked


def told(drafts: list[Draft], population: Population) -> list[Draft]:
    """The drafts with the spreads of their scores in the explanation, in steps of 5 as the scores. Needs the service
    role.
    """
    scored = [(draft.first, draft.second) for draft in drafts if any(_scores(draft).values())]
    involved = np.unique(scored).astype(np.int64)
    places = {person: place for place, person in enumerate(involved.tolist())}
    people, factors = population.features.take(involved), _factors([population.ids[person] for person in places])
    made = {name: uncertain(name, people, factors[name]) for name in UNCERTAIN}
    return [_with_spreads(draft, made, places) for draft in drafts]


def _scores(draft: Draft) -> dict[str, bool]:
    """Whether there is a score of each dimension that a time of birth goes into."""
    scores = draft.fields["explanation"]["scores"]
    return {name: scores[name] is not None for name in UNCERTAIN}


def _factors(ids: list[UUID]) -> dict[str, dict[int, Factor]]:
    """By dimension, of those of these people whose time of birth is unknown, by their places: one query."""
    places = {user_id: place for place, user_id in enumerate(ids)}
    unknown = Q(astro_spread__isnull=False) | Q(hd_spread__isnull=False)
    held = Chart.objects.filter(unknown, user__in=bulk.any_of(ids)).values_list("user_id", "astro_spread", "hd_spread")
    factors: dict[str, dict[int, Factor]] = {name: {} for name in UNCERTAIN}
    for user_id, *columns in held:
        for name, column in zip(UNCERTAIN, columns, strict=True):
            if column is not None:
                factors[name][places[user_id]] = unpacked(bytes(column), name)
    return factors


def _with_spreads(draft: Draft, made: dict[str, Uncertain], places: dict[int, int]) -> Draft:
    scored = _scores(draft)
    spreads = {name: _shown(people, draft, places) if scored[name] else None for name, people in made.items()}
    said: dict[str, Any] = draft.fields["explanation"]
    return replace(draft, fields=draft.fields | {"explanation": said | {"spreads": spreads}})


def _shown(people: Uncertain, draft: Draft, places: dict[int, int]) -> int | None:
    found = people.deviation(places[draft.first], places[draft.second])
    return None if found is None else public_score(found)
