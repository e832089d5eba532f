"""That the stored scores are what the ledger makes of them, and making them so."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from config import bulk
from safety import trust as formula
from safety.models import TrustScore, TrustScoreEvent
from safety.parts import TOMBSTONE
from safety.roles import as_service
from safety.services import trust

BATCH = 500
Events = list[TrustScoreEvent]


def differences() -> Iterator[str]:
    """Each score that is not what its ledger makes of it, and each ledger without a score, in words.

    A ledger may begin late, since its oldest events are not kept, and may have no gap after that.
    """
    for found in _batches():
        for score, events in found:
            yield from (f"{score.user_id}: {what}" for what in of_one(score, events))
    with transaction.atomic(), as_service():
        scored = TrustScore.objects.filter(user=OuterRef("user"))
        orphans = TrustScoreEvent.objects.exclude(user__status=TOMBSTONE).exclude(Exists(scored))
        alone = list(orphans.values_list("user", flat=True).distinct()[:BATCH])
    yield from (f"{user_id}: events and no score" for user_id in alone)


def of_one(score: TrustScore, events: Events) -> list[str]:
    """How one score differs from its ledger."""
    terms = trust.terms()
    due = formula.standing(map(trust.entry_of, events), at=score.updated_at, terms=terms)
    found = [
        ("score", score.score, due.score),
        ("components", score.components, due.components),
        ("made by", score.engine_version, terms.version),
        ("numbers", [event.seq for event in events], _numbers(score, len(events))),
    ]
    return [f"{name} {stored}, by the ledger {made}" for name, stored, made in found if stored != made]


def recompute(*, now: datetime) -> int:
    """Set every score to what the ledger makes of it at this moment; how many."""
    return sum(_recompute(batch, now) for batch in _id_batches())


def _recompute(ids: list[UUID], now: datetime) -> int:
    with transaction.atomic(), as_service():
        for score, events in _locked_with_events(ids):
            trust.write(score, map(trust.entry_of, events), at=max(now, score.updated_at))
            score.due_at = formula.next_day(score.updated_at)
            bulk.update([score], trust.WRITTEN)
    return len(ids)


def _batches() -> Iterator[list[tuple[TrustScore, Events]]]:
    for ids in _id_batches():
        with transaction.atomic(), as_service():
            # Held while both are read: an event that comes in between would look like a difference.
            found = _locked_with_events(ids)
        yield found


def _id_batches() -> Iterator[list[UUID]]:
    with transaction.atomic(), as_service():
        ids = list(TrustScore.objects.order_by("id").values_list("id", flat=True))
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _locked_with_events(ids: list[UUID]) -> list[tuple[TrustScore, Events]]:
    scores = TrustScore.objects.filter(id__in=ids).order_by("id").select_for_update()
    found = list(scores)
    events: dict[UUID, Events] = {score.user_id: [] for score in found}
    for event in TrustScoreEvent.objects.filter(user__in=events).order_by("user", "seq"):
        events[event.user_id].append(event)
    return [(score, events[score.user_id]) for score in found]


def _numbers(score: TrustScore, count: int) -> list[int]:
    return list(range(score.last_seq - count + 1, score.last_seq + 1))
