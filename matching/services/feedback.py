"""What people say of a match afterwards, and what the engine learns from it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from config.errors import NotYours, WrongState
from connect.enums import Purpose
from connect.models import Consent
from connect.services import locks
from matching.engine import learning
from matching.engine.features import DIMENSIONS
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from matching.services import entries
from safety.models import AuditLog
from safety.roles import as_service

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


def give(*, match_id: UUID, by: UUID, judgement: Judgement, now: datetime) -> MatchFeedback:
    """Keep one person's judgement of a match, and what it teaches of their weights; a later one replaces it.

    Who took the consent to matching back is not learned from. Raises NotYours, and WrongState with not_met_yet where
    the two never talked.
    """
    with as_service():
        match = Match.objects.of(by).filter(id=match_id).first()
        if match is None:
            raise NotYours()
        if not _met(match):
            raise WrongState("You can judge a match once you have talked.", code="not_met_yet")
        locks.pool_profile(by)  # whoever takes the consent back just now holds the same lock
        allowed = Consent.objects.allows(by, Purpose.MATCHING)
        kept = {**asdict(judgement), "engine_version": match.engine_version}
        kept["vector_delta"] = _learned(match, judgement) if allowed else None
        feedback, _ = MatchFeedback.objects.update_or_create(match=match, user_id=by, defaults=kept)
        if allowed:
            entries.mark_due(user_ids=[by], now=now)
    return feedback


def forget(*, user_id: UUID) -> int:
    """Drop what was learned from a person's judgements; what they said stays. How many were learned from."""
    with as_service():
        return MatchFeedback.objects.filter(user=user_id, vector_delta__isnull=False).update(vector_delta=None)


def leanings(people: Sequence[UUID], *, now: datetime) -> NDArray[np.float64]:
    """How far their judgements move the weights of these people, (n, 8) in their order. Needs the service role."""
    numbers = {user_id: i for i, user_id in enumerate(people)}
    given = MatchFeedback.objects.filter(user__in=people, vector_delta__isnull=False).order_by("id")
    rows = list(given.values_list("user_id", "vector_delta", "updated_at"))
    return learning.leanings(
        deltas=np.array([delta for _, delta, _ in rows]).reshape(-1, len(DIMENSIONS)),
        owner=np.array([numbers[user_id] for user_id, _, _ in rows], dtype=np.int64),
        age_days=np.array([(now - moment) / timedelta(days=1) for _, _, moment in rows], dtype=np.float64),
        people=len(people),
    )


def _learned(match: Match, judgement: Judgement) -> NDArray[np.float64] | None:
    """Nothing of a match that is held out: learning is tested on those."""
    return None if learning.held_out(match.id) else learning.delta(match.score_breakdown, judgement.rating)


def _met(match: Match) -> bool:
    """In chat, or ended after having been: the audit of its transitions knows."""
    if match.status in MET:
        return True
    history = AuditLog.objects.filter(entity=Match._meta.db_table, entity_id=match.id, action="transition")
    return history.filter(data__to=MatchStatus.BLIND_CHAT_ACTIVE).exists()
