"""A large run in parts that any number of workers on any number of machines take.

A shard is a row: a Celery message is only a hint to look. Whoever finishes the last one makes the proposals. What a
worker left behind is taken again when its lease has run out; nothing of it was written.
"""

import io
from datetime import datetime
from uuid import UUID

import numpy as np
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray

from config import hints
from matching.engine import ranking
from matching.engine.blocks import Blocks
from matching.engine.parameters import Parameters
from matching.engine.ranking import NOBODY, Ranked, Shortlist, rank
from matching.enums import RunStatus
from matching.models import MatchingRun, MatchingShard
from matching.services import pairs, parameters, people, pipeline
from matching.services.leases import Lease, LeaseLost, Stopwatch
from matching.services.people import Population
from safety.roles import as_service

logger = structlog.get_logger(__name__)

TASK = "matching.tasks.run_shards"
PAIRS = 500_000_000
"""Of people that a shard looks at: several times what loading the pool costs it."""

ATTEMPTS = 3


def split(run: MatchingRun, population: Population, cut: Blocks, meetings: NDArray[np.int64]) -> None:
    """Lay a run out in shards. Needs the service role and the run's lease."""
    run.members = b"".join(user_id.bytes for user_id in population.ids)
    run.starts = cut.starts.astype(np.int32).tobytes()
    cost = cut.sizes()[meetings].prod(axis=1).cumsum()
    edges = np.searchsorted(cost, np.arange(PAIRS, cost.max(initial=0), PAIRS))
    rows = [
        MatchingShard(run=run, number=number, meetings=part.astype(np.int32).tobytes())
        for number, part in enumerate(np.split(meetings, np.unique(edges)))
    ]
    MatchingShard.objects.bulk_create(rows)
    hint(len(rows))


def hint(shards: int) -> None:
    """Tell the workers that there is something to take."""
    for _ in range(shards):
        hints.after_commit(TASK)


def take(*, now: datetime) -> MatchingShard | None:
    """Claim a shard that waits, or whose worker is gone."""
    with transaction.atomic(), as_service():
        claimable = MatchingShard.objects.claimable(now).filter(attempts__lt=ATTEMPTS).defer("shortlists")
        shard = claimable.order_by("number").select_for_update(skip_locked=True, of=("self",)).first()
        if shard is None:
            return None
        shard.leased_until, shard.attempts = now + settings.MATCHING_LEASE, shard.attempts + 1
        shard.save(update_fields=["leased_until", "attempts"])
        return shard


def carry_out(shard: MatchingShard, *, now: datetime) -> MatchingRun | None:
    """Work a shard out and store what was found; its run, leased, if this was the last. A fault gives it back."""
    lease = Lease(shard, Stopwatch(now))
    try:
        return _store(lease, _ranked(lease))
    except LeaseLost:
        logger.warning("matching_shard_lease_lost", shard_id=str(shard.id))
    except Exception:
        logger.exception("matching_shard_failed", shard_id=str(shard.id))
        with transaction.atomic(), as_service():
            MatchingShard.objects.filter(id=shard.id, leased_until=shard.leased_until).update(leased_until=None)
    return None


def are_given_up(run: MatchingRun, *, now: datetime) -> bool:
    """Whether a shard failed, or lost its worker, as often as one may. Needs the service role."""
    return run.shards.claimable(now).filter(attempts__gte=ATTEMPTS).exists()


def population_of(run: MatchingRun, agreed: Parameters, *, now: datetime) -> Population:
    """The people of a run in its order, as far as they still stand as they did; the others meet nobody. Needs the
    service role.
    """
    assert run.started_at is not None
    unchanged = Q(user__pool_entry__built_at__lte=run.started_at)
    found = people.load(capacity=agreed.capacity, now=now, among=unchanged)
    return people.aligned(found, _members(run))


def gather(run: MatchingRun, population: Population, agreed: Parameters) -> Ranked:
    """What all shards found, together. Needs the service role."""
    together = Ranked(Shortlist.empty(len(population), agreed.shortlist), {})
    for shard in run.shards.order_by("number").iterator(chunk_size=1):
        together = ranking.merge(together, Ranked(_unpacked(shard, len(population), agreed.shortlist), shard.rejected))
    return together


def _ranked(lease: Lease[MatchingShard]) -> Ranked:
    shard, run = lease.row, lease.row.run
    with transaction.atomic(), as_service():
        agreed = parameters.of(run.engine_version)
        population = population_of(run, agreed, now=lease.watch.now)
        excluded = pairs.excluded(population.ids, decline_rest=agreed.decline_rest, now=lease.watch.now)
    lease.watch.lap("load")
    cut = Blocks(np.frombuffer(run.starts, np.int32).astype(np.int64))
    meetings = np.frombuffer(shard.meetings, np.int32).reshape(-1, 2).astype(np.int64)
    where = pipeline.field(population, cut, excluded, agreed)
    ranked = rank(where, meetings, agreed.shortlist, beat=lease.beat)
    lease.watch.lap("rank")
    return ranked


def _store(lease: Lease[MatchingShard], ranked: Ranked) -> MatchingRun | None:
    """Keep what was found. The run is locked first: of two who finish at once the second sees the first's."""
    shard, now = lease.row, lease.watch.now
    with transaction.atomic(), as_service():
        run = MatchingRun.objects.select_for_update().get(id=shard.run_id)
        lease.hold()
        shard.shortlists, shard.rejected, shard.seconds = _packed(ranked.lists), ranked.turned_down, lease.watch.seconds
        shard.finished_at, shard.leased_until = now, None
        shard.save(update_fields=["shortlists", "rejected", "seconds", "finished_at", "leased_until"])
        if run.status != RunStatus.RUNNING or run.shards.unfinished().exists():
            return None
        run.leased_until = now + settings.MATCHING_LEASE
        run.save(update_fields=["leased_until"])
        return run


def _packed(lists: Shortlist) -> bytes:
    """The lists of those who have one."""
    some = np.flatnonzero(lists.candidates[:, 0] != NOBODY).astype(np.int32)
    data = io.BytesIO()
    np.savez(data, people=some, candidates=lists.candidates[some], worth=lists.worth[some])
    return data.getvalue()


def _unpacked(shard: MatchingShard, size: int, k: int) -> Shortlist:
    lists = Shortlist.empty(size, k)
    with np.load(io.BytesIO(shard.shortlists or b""), allow_pickle=False) as found:
        lists.candidates[found["people"]] = found["candidates"]
        lists.worth[found["people"]] = found["worth"]
    return lists


def _members(run: MatchingRun) -> list[UUID]:
    members = bytes(run.members)
    return [UUID(bytes=members[start : start + 16]) for start in range(0, len(members), 16)]
