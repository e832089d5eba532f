"""What a person may know of their wait, and of whom the queue brought them together with."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, QuerySet

from config.errors import NotYours
from matching import wording
from matching.engine.scores import public_score
from matching.enums import SESSION_STATUS, MatchStatus, Pathway, SessionStatus
from matching.models import Match, QueueEntry
from matching.services import queue, queue_gate
from safety.roles import as_service

SHARE = 0.8
"""Of those who waited lately, so many waited no longer than what is called expected."""

LATEST, FEWEST = 500, 5
"""How many waits are measured at most, and below how many they say nothing."""

STEP = timedelta(seconds=5)
"""What is expected is rounded up to this: nobody learns of one other person's wait."""

_conversations: list[Callable[[UUID], UUID | None]] = []


class Percentile(Aggregate):
    """The duration below which SHARE of the rows lie."""

    function = "percentile_cont"
    template = f"%(function)s({SHARE}) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


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
            return Wait(entry, expected(entry.region_key, now), None, [])
        region = entry.region_key if entry else ""
        return Wait(entry, expected(region, now), queue.cooldown(user_id, now), queue_gate.unmet(user_id, now))


def expected(region: str, now: datetime) -> timedelta | None:
    """How long a wait may be expected to be, measured of those that ended lately in a region; where these are few, of
    all. Who was found nobody for counts with the whole of their wait. None where there are too few. Needs the service
    role.
    """
    measured = QueueEntry.objects.measured(now - settings.QUEUE_MEASURED)
    return _percentile(measured.filter(region_key=region)) or _percentile(measured)


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


def _percentile(entries: QuerySet[QueueEntry]) -> timedelta | None:
    waited = ExpressionWrapper(F("dequeued_at") - F("enqueued_at"), output_field=DurationField())
    found = entries.annotate(waited=waited)[:LATEST].aggregate(number=Count("*"), wait=Percentile(F("waited")))
    return math.ceil(found["wait"] / STEP) * STEP if found["number"] >= FEWEST else None
