"""What a match says of two people's scores, and taking a dimension out of it again."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

from connect.enums import Purpose
from matching.engine import explain
from matching.engine.features import DIMENSIONS
from matching.engine.scores import Scores, WeightProfile, public_score, totals
from matching.models import Match
from matching.models.match import STORED
from matching.services import parameters, proposals
from safety.roles import as_service

BY_PURPOSE = {Purpose.ASTROLOGY: "astro", Purpose.HUMAN_DESIGN: "hd"}
"""The dimension that is computed under a consent of its own."""


def forget(*, user_id: UUID, dimension: str, now: datetime) -> dict[str, int]:
    """Take a dimension out of all a person was ever scored in: how many proposals closed, how many scores went.

    A proposal made on its strength closes. Of what runs or ended, the total is the mean of the rest.
    """
    with as_service():
        closed = proposals.close_for(user_id=user_id, now=now, scored_in=dimension)
        matches = list(Match.objects.of(user_id).scored_in(dimension).order_by("id").select_for_update())
        weights = parameters.weights({match.weight_profile for match in matches})
        for match in matches:
            _take_out(match, dimension, weights[match.weight_profile])
        fields = [*(f"{name}_score" for name in STORED), "total_score", "score_breakdown", "explanation"]
        Match.objects.bulk_update(matches, [*fields, "match_reasons"], batch_size=500)
    return {"proposals": closed, "scores": len(matches)}


def _take_out(match: Match, dimension: str, weights: WeightProfile) -> None:
    setattr(match, f"{dimension}_score", None)
    match.score_breakdown = {**match.score_breakdown, dimension: None}
    match.total_score = _total(match, weights)
    match.explanation = _told(match, dimension, weights)
    match.match_reasons = [reason["code"] for reason in match.explanation["reasons"]]


def _total(match: Match, weights: WeightProfile) -> Decimal:
    """Weighted mean of what is left, by the weights it was made with; zero where nothing is."""
    (total,) = totals(_left(match)[None], weights)
    return Decimal(f"{np.nan_to_num(total):.2f}")


def _left(match: Match) -> Scores:
    """(8,)"""
    rest = [match.score_breakdown.get(name) for name in DIMENSIONS]
    return np.array([np.nan if score is None else score for score in rest], dtype=np.float32)


def _told(match: Match, dimension: str, weights: WeightProfile) -> dict[str, Any]:
    said: dict[str, Any] = match.explanation
    return said | {
        "total": public_score(float(match.total_score)),
        "scores": said["scores"] | {dimension: None},
        "labels": said["labels"] | {dimension: None},
        "spreads": said.get("spreads", {}) | {dimension: None},
        "reasons": explain.without(said["reasons"], _left(match), weights),
    }
