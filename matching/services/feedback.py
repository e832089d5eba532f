"""What people say of a match afterwards, and what the engine learns from it."""

from dataclasses import asdict, dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from config.errors import NotYours, WrongState
from matching.engine.features import DIMENSIONS
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from safety.models import AuditLog
from safety.roles import as_service

STEP = 0.1
"""The most one feedback moves one weight, as a share of it."""

BOUND = 0.5
"""The most one feedback moves all weights together."""

MET = [MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED]


@dataclass(frozen=True)
class Judgement:
    """rating 1-5; the scores 0-100 where given; reasons are short slugs."""

    rating: int
    fit_score: int | None = None
    safety_score: int | None = None
    communication_score: int | None = None
    reasons: list[str] = field(default_factory=list)
    notes: str = ""


def give(*, match_id: UUID, by: UUID, judgement: Judgement) -> MatchFeedback:
    """Keep one person's judgement of a match; a later one replaces it.

    Raises NotYours, and WrongState with not_met_yet where the two never talked.
    """
    with as_service():
        match = Match.objects.of(by).filter(id=match_id).first()
        if match is None:
            raise NotYours()
        if not _met(match):
            raise WrongState("You can judge a match once you have talked.", code="not_met_yet")
        kept = {**asdict(judgement), "engine_version": match.engine_version}
        kept["vector_delta"] = vector_delta(match.score_breakdown, judgement.rating)
        feedback, _ = MatchFeedback.objects.update_or_create(match=match, user_id=by, defaults=kept)
    return feedback


def forget(*, user_id: UUID) -> int:
    """Drop what was learned from a person's judgements; what they said stays. How many were learned from."""
    with as_service():
        return MatchFeedback.objects.filter(user=user_id, vector_delta__isnull=False).update(vector_delta=None)


def vector_delta(breakdown: dict[str, float | None], rating: int) -> NDArray[np.float64]:
    """How a rating moves the person's own weights, (8,) relative changes in the order of DIMENSIONS.

    A dimension that scored above neutral spoke for this match. Liked, it gains weight, disliked, it loses: in
    proportion to how far the score was above neutral and the rating from the middle, by at most STEP, and
    BOUND in all.
    """
    scores = np.array([breakdown.get(name) or 0.0 for name in DIMENSIONS])
    delta = STEP * (rating - 3) / 2 * np.clip((scores - 50.0) / 50.0, 0.0, 1.0)
    return np.asarray(delta * min(1.0, BOUND / max(np.abs(delta).sum(), BOUND)))


def _met(match: Match) -> bool:
    """In chat, or ended after having been: the audit of its transitions knows."""
    if match.status in MET:
        return True
    history = AuditLog.objects.filter(entity=Match._meta.db_table, entity_id=match.id, action="transition")
    return history.filter(data__to=MatchStatus.BLIND_CHAT_ACTIVE).exists()
