"""Proposals for one person at a time: who came, changed or was freed does not wait for a run.

The hard filters are asked of the database first, loosely, so that only the rows of those who may pass are read; what
is read goes through the same engine as in a run.
"""

import math
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.lookups import Exact

from config import bulk
from matching.engine import filters
from matching.models import PoolEntry
from matching.services import announcements, copies, drafts, entries, pairs, parameters, people, pipeline, runs, spreads
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 50
RUN_INSTEAD = 1_000
"""So many waiting at once are better served by a run, which weighs them against each other."""

CLAIM = timedelta(minutes=2)
DEGREE_KM = 110.5
"""The shortest degree of latitude: a band of latitudes is never too narrow."""

YEAR = timedelta(days=365.2425)
DAYS_OFF = timedelta(days=3)

FACTS = {"user_id": ("user_id", copies.UUID_BYTES), **{name: (name, kind) for name, kind in people.FACTS.items()}}


def consider_due(*, now: datetime, limit: int = BATCH) -> int:
    """Look for proposals for at most `limit` people whose time has come; how many were looked at."""
    with transaction.atomic(), as_service():
        waiting = PoolEntry.objects.unconsidered(now).order_by("consider_at")
        if waiting[:RUN_INSTEAD].count() == RUN_INSTEAD:
            runs.request(now=now)
            return 0
        claimed = list(waiting.select_for_update(skip_locked=True).defer("query", "key", "leanings")[:limit])
        PoolEntry.objects.filter(id__in=[entry.id for entry in claimed]).update(claimed_until=now + CLAIM)
    for entry in claimed:
        _attempt(entry, now)
    return len(claimed)


def _attempt(entry: PoolEntry, now: datetime) -> None:
    """A fault with one keeps the others from nothing; it is tried again when the claim is over."""
    try:
        _consider(entry, now)
    except Exception:
        logger.exception("matching_newcomer_failed", entry_id=str(entry.id))


def _consider(entry: PoolEntry, now: datetime) -> None:
    with transaction.atomic(), as_service():
        live = parameters.live()
        around = Q(user__in=bulk.any_of([entry.user_id, *_allowed(entry, now.date())]))
        population = people.load(capacity=live.capacity, now=now, among=around)
        if entry.user_id in population.ids:
            person = population.ids.index(entry.user_id)
            apart = pairs.excluded(population.ids, decline_rest=live.decline_rest, now=now)
            outcome = pipeline.propose_to(person, population, apart, parameters=live)
            told = spreads.told(outcome.drafts, population)
            made = drafts.put(drafts=told, ids=population.ids, parameters=live, run=None, since=now, now=now)
            announcements.announce(made)
        entries.considered(Q(id=entry.id), at=now)
        # Who changed meanwhile does not wait for the end of the claim to be built.
        PoolEntry.objects.filter(id=entry.id).update(claimed_until=None)


def _allowed(entry: PoolEntry, today: date) -> list[UUID]:
    """Whom the hard filters let this person meet, by the facts alone; vectors are read of these only."""
    if entry.birth_date is None:
        return []
    rows = copies.rows(PoolEntry.objects.ready().filter(Q(id=entry.id) | _candidates(entry, today)), FACTS)
    ids = copies.uuids(rows["user_id"])
    person = ids.index(entry.user_id) if entry.user_id in ids else None
    if person is None:
        return []
    pool = people.pool_of(rows, today)
    block = filters.allowed(pool.take(slice(person, person + 1)), pool)
    return [ids[i] for i in np.flatnonzero(block[0])]


def _candidates(entry: PoolEntry, today: date) -> Q:
    """Whoever may pass the hard filters with this person, and some more."""
    return _of_mode_and_gender(entry) & _of_age(entry, today) & _near(entry)


def _of_mode_and_gender(entry: PoolEntry) -> Q:
    found = _shares("gender", entry.seeks) if entry.seeks else Q()
    return _shares("mode", entry.mode) & found & (Q(seeks=0) | _shares("seeks", entry.gender))


def _of_age(entry: PoolEntry, today: date) -> Q:
    """Within each other's range, a few days on either side left to the engine."""
    assert entry.birth_date is not None
    age = (today - entry.birth_date) / YEAR
    oldest, youngest = today - YEAR * (entry.max_age + 1), today - YEAR * entry.min_age
    born = Q(birth_date__range=(oldest - DAYS_OFF, youngest + DAYS_OFF))
    return born & Q(min_age__lte=age + 1, max_age__gte=age - 1)


def _near(entry: PoolEntry) -> Q:
    """Within the band of latitudes that the person goes to. Where either place is unknown, both must go anywhere."""
    if math.isinf(entry.max_km) or math.isnan(entry.north):
        return Q()
    band = entry.max_km / DEGREE_KM
    return Q(north__range=(entry.north - band, entry.north + band))


def _shares(column: str, mask: int) -> Q:
    return ~Q(Exact(F(column).bitand(mask), 0))
