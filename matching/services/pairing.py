"""Bringing the waiting together: at once when somebody joins, and by a sweep.

What is planned over all who wait is formed some pairs at a time, each time in a transaction of its own that first
holds their people and looks again. So any number of workers may sweep, and one that dies leaves everybody waiting
whom it had not paired.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from config import bulk, tracing
from config.db import new_id
from matching.engine import queue as engine
from matching.engine.parameters import Parameters
from matching.enums import MatchStatus, Pathway, QueueStatus
from matching.models import Match, QueueEntry
from matching.services import parameters, pipeline, queue, waiting
from matching.services.pipeline import Draft
from matching.signals import matches_accepted
from safety.roles import as_service

logger = structlog.get_logger(__name__)

AT_ONCE = 500
"""Pairs formed in one transaction: what each costs whatever its number is then little."""

_PLANNING = 4_706_302_117
"""The number of the lock that keeps two workers from planning the same pairs."""


@dataclass(frozen=True)
class Plan:
    """Pairs to be formed, the longest wait first; `at` is when those who wait were looked at."""

    drafts: list[Draft]
    ids: list[UUID]
    parameters: Parameters
    at: datetime


def sweep(*, now: datetime) -> int:
    """End the waits that lasted too long, and pair whoever can be; how many pairs were formed.

    While another worker plans nothing is done: it, or the next sweep, sees whoever this one would.
    """
    queue.expire_overdue(now=now)
    with tracing.span("matching.pair"):
        planned = plan(now=now)
        return _form_all(planned, now) if planned else 0


def plan(*, now: datetime) -> Plan | None:
    """Who is to be paired with whom, nothing written; None while somebody else plans."""
    with transaction.atomic(), as_service():
        if not _may_plan():
            return None
        live = parameters.live()
        crowd = waiting.load(parameters=live, now=now)
        possible = engine.possible(crowd.waiting, rules(), threads=pipeline.THREADS)
        pairs = engine.chosen(possible, crowd.waiting.waited, rules())
        drafts = pipeline.friends(pairs, crowd.features, live.friendship) if len(pairs) else []
    return Plan(drafts, crowd.ids, live, now)


def form(drafts: Sequence[Draft], planned: Plan, *, now: datetime) -> int:
    """Make these pairs in one transaction, as far as both still wait, may, and are held by nobody else; how many."""
    couples = [sorted((planned.ids[draft.first], planned.ids[draft.second])) for draft in drafts]
    with transaction.atomic(), as_service():
        standing = waiting.hold({user for couple in couples for user in couple}, planned=planned.at, now=now)
        here = list(standing)
        apart = {(here[one], here[other]) for one, other in waiting.apart(here, now).tolist()}
        rows = [
            _row(draft, a, b, planned.parameters, now)
            for draft, (a, b) in zip(drafts, couples, strict=True)
            if a in standing and b in standing and (a, b) not in apart
        ]
        stored = bulk.insert(Match, rows)
        matches = [Match(**row) for row in rows if row["id"] in stored]
        if matches:
            _take_out(matches, standing, now)
    return len(matches)


def rules() -> engine.Rules:
    """What pairing goes by, as the settings have it."""
    return engine.Rules(
        bar=settings.QUEUE_BAR,
        floor=settings.QUEUE_FLOOR,
        relaxing=settings.QUEUE_RELAXING / timedelta(seconds=1),
        flagged_points=settings.QUEUE_FLAGGED_POINTS,
        waiting_lift=settings.QUEUE_WAITING_LIFT,
    )


def _form_all(planned: Plan, now: datetime) -> int:
    """Many of them by a thread a core: while one waits for the database another prepares what to store."""
    portions = [planned.drafts[i : i + AT_ONCE] for i in range(0, len(planned.drafts), AT_ONCE)]
    if len(portions) < 2:
        return _form_each(portions, planned, now)
    with ThreadPoolExecutor(pipeline.THREADS) as threads:
        lanes = [portions[i :: pipeline.THREADS] for i in range(pipeline.THREADS)]
        formed = [threads.submit(copy_context().run, _form_apart, lane, planned, now) for lane in lanes]
        return sum(each.result() for each in formed)


def _form_apart(portions: Sequence[list[Draft]], planned: Plan, now: datetime) -> int:
    """In a thread, whose connection is its own."""
    try:
        return _form_each(portions, planned, now)
    finally:
        connection.close()


def _form_each(portions: Sequence[list[Draft]], planned: Plan, now: datetime) -> int:
    return sum(_attempt(drafts, planned, now) for drafts in portions)


def _attempt(drafts: Sequence[Draft], planned: Plan, now: datetime) -> int:
    """A fault with one pair keeps the others from nothing: the halves are formed apart then, and their halves."""
    try:
        return form(drafts, planned, now=now)
    except Exception:
        if len(drafts) > 1:
            half = len(drafts) // 2
            return _attempt(drafts[:half], planned, now) + _attempt(drafts[half:], planned, now)
        logger.exception("pairing_failed")
        return 0


def _may_plan() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PLANNING])
        return bool(cursor.fetchone()[0])


def _row(draft: Draft, a: UUID, b: UUID, live: Parameters, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_a_id": a,
        "user_b_id": b,
        "pathway": Pathway.LIVE,
        "status": MatchStatus.ACCEPTED_BOTH,
        "engine_version": live.version,
        "expires_at": now + live.lifetime,
        **draft.fields,
    }


def _take_out(matches: Sequence[Match], standing: dict[UUID, QueueEntry], now: datetime) -> None:
    """Whoever was paired waits no more, and both are told; chat opens their conversations."""
    entries = []
    for match in matches:
        for user_id in (match.user_a_id, match.user_b_id):
            entry = standing[user_id]
            entry.status, entry.match_id = QueueStatus.MATCHED, match.id
            entry.dequeued_at = queue.ended_at(entry, now)
            entries.append(entry)
    bulk.update(entries, ["status", "dequeued_at", "match"])
    queue.tell(entries)
    matches_accepted.send(sender=Match, matches=matches, now=now)
