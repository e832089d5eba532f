"""How far people are trusted: a ledger that only grows, and where it has them.

Whoever writes holds the person's row and then that of their score, so that events of one person come one by one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from config import bulk
from config.errors import Forbidden, Invalid, NotYours
from safety import trust
from safety.enums import ReportReason, TrustSource
from safety.models import ModerationAction, Report, TrustScore, TrustScoreEvent
from safety.parts import TOMBSTONE
from safety.roles import as_service
from safety.services import audit, oversight
from safety.services.actions import stated
from safety.trust import Bounds, Entry, Terms

BATCH = 500
WRITTEN = ("score", "cooldown_applied", "components", "engine_version", "last_seq", "band", "updated_at", "due_at")


def terms() -> Terms:
    return Terms(settings.TRUST_HALF_LIFE, settings.TRUST_MEMORY)


def record(
    *,
    user_id: UUID,
    source: TrustSource,
    source_ref_id: UUID,
    delta: int,
    now: datetime,
    metadata: dict[str, Any] | None = None,
    within: Bounds | None = None,
) -> TrustScoreEvent | None:
    """Move a person's trust by as much of `delta` as the bounds of the source leave; the same source and reference move
    it once, and later calls return the event of the first.

    `within` narrows the bounds of the component. None for somebody who has left.
    """
    with as_service():
        score = _locked(user_id, now)
        if score is None:
            return None
        ledger = list(TrustScoreEvent.objects.filter(user=user_id).order_by("seq"))
        known = _known(ledger, source, source_ref_id)
        if known:
            return known
        at = max(now, score.updated_at)
        event = TrustScoreEvent(
            user_id=user_id,
            delta=_held(ledger, source, delta, at, within),
            asked=delta,
            source=source,
            source_ref_id=source_ref_id,
            metadata=metadata or {},
            counts_from=at,
        )
        return _append(score, ledger, event, at)


def penalize_cooldown(*, user_id: UUID, source_ref_id: UUID, now: datetime) -> TrustScoreEvent | None:
    """Take a little off for leaving the queue and joining it again too often; a day takes off only so much."""
    source = TrustSource.COOLDOWN_PENALTY
    return record(user_id=user_id, source=source, source_ref_id=source_ref_id, delta=trust.COOLDOWN, now=now)


def confirm_report(*, report: Report, action: ModerationAction, now: datetime) -> None:
    """Take off what a report weighs by its severity once a moderator acts on it; one out of concern weighs nothing."""
    if ReportReason.SELF_HARM in {report.reason_code, action.reason_code}:
        return
    record(
        user_id=report.reported_id,
        source=TrustSource.REPORT_CONFIRMED,
        source_ref_id=report.id,
        delta=trust.BY_SEVERITY[report.severity],
        now=now,
        metadata={"severity": report.severity},
    )


def take_back(*, user_id: UUID, source: TrustSource, source_ref_id: UUID, now: datetime) -> TrustScoreEvent | None:
    """Undo what something moved, from the moment on from which it counted; twice is once.

    The compensating event, or None where nothing was moved or the person has left.
    """
    with as_service():
        score = _locked(user_id, now)
        if score is None:
            return None
        ledger = list(TrustScoreEvent.objects.filter(user=user_id).order_by("seq"))
        moved = _known(ledger, source, source_ref_id)
        if moved is None:
            return None
        undone = next((event for event in ledger if event.reverses == moved.id), None)
        if undone:
            return undone
        event = TrustScoreEvent(
            user_id=user_id,
            delta=-moved.delta,
            asked=-moved.delta,
            source=source,
            source_ref_id=source_ref_id,
            reverses=moved.id,
            counts_from=moved.counts_from,
        )
        return _append(score, ledger, event, max(now, score.updated_at))


def review(*, user_id: UUID, by: UUID, delta: int, reason: str, ref: UUID, now: datetime) -> TrustScoreEvent:
    """Correct somebody's trust by hand. `ref` is the form's own id: sent twice it is one review.

    Raises NotYours, Forbidden for oneself and for a colleague, Invalid without a reason or outside of the bounds.
    """
    lowest, highest = trust.RULES[TrustSource.MANUAL_REVIEW].event
    if delta == 0 or not lowest <= delta <= highest:
        raise Invalid(f"A review moves by {lowest} to {highest}, and not by nothing.", code="review_out_of_bounds")
    with as_service():
        if by == user_id:
            raise Forbidden("You cannot review your own trust.", code="own_case")
        oversight.refuse_colleague(about=user_id, by=by)
        told = {"reason": stated(reason)}
        source = TrustSource.MANUAL_REVIEW
        event = record(user_id=user_id, source=source, source_ref_id=ref, delta=delta, now=now, metadata=told)
        if event is None:
            raise NotYours()
        audit.record(action="trust_reviewed", actor=by, entity="connect_user", entity_id=user_id, delta=event.delta)
    return event


def scores(ids: Collection[UUID]) -> dict[UUID, int]:
    """Where these people stand; who has no score yet stands in the middle."""
    with as_service():
        found = dict(TrustScore.objects.filter(user__in=bulk.any_of(ids)).values_list("user_id", "score"))
    return {user_id: found.get(user_id, trust.NEUTRAL) for user_id in ids}


def settle_due(*, now: datetime) -> int:
    """Let the trust of some people decay whose day is over, and draw their bands anew; how many."""
    with transaction.atomic(), as_service():
        due = TrustScore.objects.due(now).order_by("due_at").select_for_update(skip_locked=True)
        found = list(due[:BATCH])
        for score, entries in _with_entries(found):
            write(score, entries, at=max(now, score.updated_at))
            score.band = trust.band(score.score)
            score.due_at = trust.next_day(score.updated_at) if any(score.components.values()) else None
        bulk.update(found, WRITTEN)
    return len(found)


def write(score: TrustScore, entries: Iterable[Entry], *, at: datetime) -> None:
    """Set a score to where the ledger has its person at a moment; saving it is the caller's."""
    standing = trust.standing(entries, at=at, terms=terms())
    score.score, score.components = standing.score, standing.components
    score.engine_version, score.updated_at = terms().version, at


def entry_of(event: TrustScoreEvent) -> Entry:
    return Entry(event.source, event.delta, event.counts_from)


def _with_entries(found: list[TrustScore]) -> list[tuple[TrustScore, list[Entry]]]:
    entries: dict[UUID, list[Entry]] = {score.user_id: [] for score in found}
    for event in TrustScoreEvent.objects.filter(user__in=entries):
        entries[event.user_id].append(entry_of(event))
    return [(score, entries[score.user_id]) for score in found]


def _locked(user_id: UUID, now: datetime) -> TrustScore | None:
    """The score of somebody who is still there, made if there is none; the two rows locked."""
    people = get_user_model()._default_manager.filter(id=user_id).exclude(status=TOMBSTONE)
    if not people.select_for_update(no_key=True):
        return None
    TrustScore.objects.bulk_create([_first(user_id, now)], ignore_conflicts=True)
    return TrustScore.objects.select_for_update().get(user=user_id)


def _first(user_id: UUID, now: datetime) -> TrustScore:
    score = TrustScore(user_id=user_id)
    write(score, [], at=now)
    return score


def _known(ledger: list[TrustScoreEvent], source: str, ref: UUID) -> TrustScoreEvent | None:
    same = (e for e in ledger if e.source == source and e.source_ref_id == ref and e.reverses is None)
    return next(same, None)


def _held(ledger: list[TrustScoreEvent], source: str, asked: int, at: datetime, within: Bounds | None) -> int:
    entries = map(entry_of, ledger)
    today = (e for e in ledger if e.source == source and e.reverses is None and e.at > at - trust.DAY)
    return trust.held(
        source,
        asked,
        component=trust.component(entries, source, at=at, terms=terms()),
        spent=sum(abs(event.delta) for event in today),
        within=within,
    )


def _append(score: TrustScore, ledger: list[TrustScoreEvent], event: TrustScoreEvent, at: datetime) -> TrustScoreEvent:
    event.seq, event.at = score.last_seq + 1, at
    event.save(force_insert=True)
    write(score, map(entry_of, [*ledger, event]), at=at)
    score.last_seq, score.cooldown_applied = event.seq, event.delta != event.asked
    score.due_at = trust.next_day(at)
    score.save(update_fields=WRITTEN)
    return event
