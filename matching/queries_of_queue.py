"""What a person may know of their wait, and of whom the queue brought them together with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.errors import NotYours
from matching import wording
from matching.engine.scores import public_score
from matching.enums import SESSION_STATUS, MatchStatus, Pathway, SessionStatus
from matching.models import Match, QueueEntry
from matching.services import queue, queue_gate, waits
from safety.roles import as_service

_conversations: list[Callable[[UUID], UUID | None]] = []


@dataclass(frozen=True)
class Wait:
    """How somebody's wait stands; `entry` is their latest, None who never waited. `unmet` and `cooldown_until` say what
    keeps them from joining; both are empty for who waits.
    """

    entry: QueueEntry | None
    expected: timedelta | None
    cooldown_until: datetime | None
    unmet: list[str]


@dataclass(frozen=True)
class Session:
    """Two people whom the queue brought together, as one of them may know it: no more of the other than why."""

    id: UUID
    status: SessionStatus
    conversation_id: UUID | None
    matched_at: datetime
    ended_at: datetime | None
    score: int | None
    match_reasons: list[str]
    reasons: list[dict[str, str]]


def register_conversations(find: Callable[[UUID], UUID | None]) -> None:
    """Have a session name its conversation, found by the id of its match; called from `apps.ready()` of chat."""
    _conversations.append(find)


def wait_of(user_id: UUID, now: datetime) -> Wait:
    """Where the person stands with the queue."""
    with as_service():
        entry = QueueEntry.objects.of(user_id).order_by("-enqueued_at", "-id").first()
        if entry is not None and entry.dequeued_at is None:
            return Wait(entry, waits.expected(entry.region_key, now), None, [])
        region = entry.region_key if entry else ""
        return Wait(entry, waits.expected(region, now), queue.cooldown(user_id, now), queue_gate.unmet(user_id, now))


def session(match_id: UUID, by: UUID) -> Session:
    """Raises NotYours for whatever the queue did not make of this person and another."""
    with as_service():
        match = Match.objects.of(by).with_apart().filter(id=match_id, pathway=Pathway.LIVE).first()
        if match is None:
            raise NotYours()
        conversation = next((found for find in _conversations if (found := find(match.id))), None)
    status = SESSION_STATUS[MatchStatus(match.status)]
    said: dict[str, Any] = match.explanation
    return Session(
        id=match.id,
        status=SessionStatus.ENDED if match.apart else status,
        conversation_id=conversation,
        matched_at=match.created_at,
        ended_at=match.ended_at,
        score=public_score(float(match.total_score)),
        match_reasons=match.match_reasons,
        reasons=wording.reasons(said.get("reasons", [])),
    )
