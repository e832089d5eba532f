"""How well each component of the score foretold what became of matches, by engine version."""

from collections import ChainMap, defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from matching.engine.features import DIMENSIONS
from matching.engine.learning import held_out
from matching.engine.lift import Lift, Share, lifts
from matching.enums import Pathway
from matching.models import Match
from matching.outcomes import Found, Outcome, outcomes
from safety.roles import as_service

Breakdown = dict[str, float | None]


@dataclass(frozen=True)
class Measured:
    """One engine version against one outcome; `lifts` by component."""

    engine_version: str
    outcome: Outcome
    share: Share
    lifts: dict[str, Lift]


def measure(*, since: datetime, now: datetime, tuning: bool = False) -> list[Measured]:
    """Every engine version that proposed somebody since then against every outcome, on the matches that are held out.

    A component's score is computed before anything becomes of a match, and from what the two people said alone. What
    could have been fitted to outcomes is how components are weighed. Leanings learn nothing from matches that are held
    out; the weights of the engine are set by people, who look at the other matches, `tuning`, when they choose them.
    """
    with transaction.atomic(), as_service():
        proposed = Match.objects.filter(pathway=Pathway.COMPATIBILITY, created_at__gte=since)
        found = {outcome: outcome.known(proposed, now) for outcome in outcomes()}
        versions = _by_version(proposed, tuning)
    return [
        _measured(version, scores, outcome, known)
        for version, scores in versions.items()
        for outcome, known in found.items()
    ]


def _by_version(proposed: QuerySet[Match], tuning: bool) -> dict[str, dict[UUID, Breakdown]]:
    versions: dict[str, dict[UUID, Breakdown]] = defaultdict(dict)
    for match_id, version, scores in proposed.values_list("id", "engine_version", "score_breakdown").order_by(
        "engine_version"
    ):
        if held_out(match_id) != tuning:
            versions[version][match_id] = scores
    return _together(versions) | versions


def _together(versions: dict[str, dict[UUID, Breakdown]]) -> dict[str, dict[UUID, Breakdown]]:
    """Every change of a weight makes a version, with too few matches perhaps, and yet the code that computes the
    components, named before the dot, is the same: those of one code taken together, where they are several.
    """
    same = defaultdict(list)
    for version, matches in versions.items():
        same[version.partition(".")[0]].append(matches)
    return {f"{code}.*": dict(ChainMap(*parts)) for code, parts in same.items() if len(parts) > 1}


def _measured(version: str, matches: dict[UUID, Breakdown], outcome: Outcome, known: Found) -> Measured:
    told = [match_id for match_id in matches if match_id in known]
    rows = [[matches[match_id].get(name) for name in DIMENSIONS] for match_id in told]
    scores = np.array(rows, dtype=np.float64).reshape(-1, len(DIMENSIONS))
    reached = np.array([known[match_id] for match_id in told], dtype=bool)
    made = dict(zip(DIMENSIONS, lifts(scores, reached), strict=True))
    return Measured(version, outcome, Share(int(reached.sum()), len(told)), made)
