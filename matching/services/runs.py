"""The matching run: a row that is the job while it is unfinished and its record afterwards.

A worker holds it by a lease (`leases`). A small pool is done by the worker that takes the run, a large one in shards.
"""

from collections import Counter
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from config import hints, tracing
from matching.engine import blocks
from matching.engine.parameters import Parameters
from matching.enums import RunStatus
from matching.models import MatchingRun, PoolEntry
from matching.services import (
    announcements,
    building,
    charts,
    drafts,
    entries,
    pairs,
    parameters,
    people,
    pipeline,
    shards,
    spreads,
)
from matching.services.leases import Lease, LeaseLost, Stopwatch
from matching.services.pairs import Excluded
from matching.services.people import Population
from matching.services.pipeline import Outcome
from safety.roles import as_service

logger = structlog.get_logger(__name__)

TASK = "matching.tasks.run_requested"


def request(*, now: datetime) -> datetime:
    """Ask for a run unless one is under way. When it is due at the latest.

    Runs keep MATCHING_MIN_INTERVAL between the end of one and the start of the next. Numbers that are published
    while a run is under way are seen by its end, which asks for the next.
    """
    with as_service():
        last = MatchingRun.objects.aggregate(last=Max("finished_at"))["last"]
        due_at: datetime = max(now, last + settings.MATCHING_MIN_INTERVAL) if last else now
        MatchingRun.objects.bulk_create([MatchingRun(due_at=due_at)], ignore_conflicts=True)
    wait = max(0.0, (due_at - now).total_seconds())
    hints.after_commit(TASK, wait=wait)
    return due_at


def request_if_stale(*, now: datetime) -> bool:
    """Ask for a run where somebody's proposals are older than they may be, or their entry is missing."""
    with as_service():
        since = now - parameters.live().freshness
        in_pool = PoolEntry.objects.filter(user__connect_profile__is_active=True)
        if not (in_pool.stale(since).exists() or entries.are_wanting()):
            return False
    request(now=now)
    return True


def run_requested(*, now: datetime) -> MatchingRun | None:
    """Take the run that is due, or that its worker left, if any, and bring it on; None where there was none."""
    run = _claim(now)
    if run is not None:
        _attempt(run, now)
    return run


def run_shard(*, now: datetime) -> bool:
    """Take a shard, and end its run if it was the last; whether there was one."""
    shard = shards.take(now=now)
    if shard is None:
        return False
    run = shards.carry_out(shard, now=now)
    if run is not None:
        _attempt(run, now)
    return True


def _claim(now: datetime) -> MatchingRun | None:
    with transaction.atomic(), as_service():
        run = MatchingRun.objects.claimable(now).select_for_update(skip_locked=True).first()
        if run is None:
            return None
        started = run.started_at if run.members else now
        run.status, run.started_at, run.leased_until = RunStatus.RUNNING, started, now + settings.MATCHING_LEASE
        run.save(update_fields=["status", "started_at", "leased_until"])
        return run


def _attempt(run: MatchingRun, now: datetime) -> None:
    """Bring a run on. A fault marks it failed and is logged; the next request makes a new one."""
    lease = Lease(run, Stopwatch(now))
    try:
        with tracing.span("matching.run", in_shards=bool(run.members)):
            _bring_on(lease)
    except LeaseLost:
        logger.warning("matching_run_lease_lost", run_id=str(run.id))
    except Exception as exc:
        logger.exception("matching_run_failed", run_id=str(run.id))
        _fail(lease, exc)


def _bring_on(lease: Lease[MatchingRun]) -> None:
    if not lease.row.members:
        _begin(lease)
    elif not _in_work(lease):
        _complete(lease)


def _begin(lease: Lease[MatchingRun]) -> None:
    """Bring everybody's entry up to date, then do a small pool at once and lay a large one out in shards."""
    watch = lease.watch
    while charts.compute_due(now=watch.now):
        lease.beat()
    entries.adopt(now=watch.now)
    while building.build_due(now=watch.now):
        lease.beat()
    watch.lap("build")
    with transaction.atomic(), as_service():
        # What is built from here on is not part of the run.
        lease.row.started_at = watch.now
        live = parameters.live()
        population = people.load(capacity=live.capacity, now=watch.now)
        excluded = pairs.excluded(population.ids, decline_rest=live.decline_rest, now=watch.now)
    watch.lap("load")
    if len(population) > settings.MATCHING_INLINE:
        _split(lease, population, excluded, live)
        return
    with tracing.span("matching.propose", people=len(population), engine_version=live.version):
        outcome = pipeline.propose(population, excluded, parameters=live, beat=lease.beat)
    watch.lap("engine")
    _write(lease, population, outcome, live)


def _split(lease: Lease[MatchingRun], population: Population, excluded: Excluded, live: Parameters) -> None:
    cut = blocks.cut(population.pool)
    meetings, unseen = blocks.meetings(population.pool, cut)
    with transaction.atomic(), as_service():
        lease.hold()
        lease.row.rejected, lease.row.seconds = dict(unseen + Counter(excluded.reasons)), lease.watch.seconds
        lease.row.engine_version = live.version
        shards.split(lease.row, population, cut, meetings)
        lease.row.save()


def _in_work(lease: Lease[MatchingRun]) -> bool:
    """Whether shards are still to be done; the workers are told again."""
    with transaction.atomic(), as_service():
        if shards.are_given_up(lease.row, now=lease.watch.now):
            raise RuntimeError("a shard was given up")
        left = lease.row.shards.unfinished().count()
        shards.hint(left)
    return left > 0


def _complete(lease: Lease[MatchingRun]) -> None:
    """The proposals out of what the shards found."""
    run, watch = lease.row, lease.watch
    with transaction.atomic(), as_service():
        agreed = parameters.of(run.engine_version)
        population = shards.population_of(run, agreed, now=watch.now)
        ranked = shards.gather(run, population, agreed)
    watch.lap("gather")
    outcome = pipeline.decide(population, ranked, Counter(run.rejected), agreed)
    watch.lap("decide")
    _write(lease, population, outcome, agreed)


def _write(lease: Lease[MatchingRun], population: Population, outcome: Outcome, live: Parameters) -> None:
    """Everything of a run in one transaction: proposals, who was looked at, the record."""
    run, watch = lease.row, lease.watch
    assert run.started_at is not None
    with transaction.atomic(), as_service():
        lease.hold()
        told = spreads.told(outcome.drafts, population)
        made = drafts.put(
            drafts=told, ids=population.ids, parameters=live, run=run, since=run.started_at, now=watch.now
        )
        announcements.announce(made)
        entries.considered(Q(built_at__lte=run.started_at), at=run.started_at)
        run.shards.all().delete()
        watch.lap("write")
        run.status, run.finished_at, run.leased_until = RunStatus.FINISHED, watch.now, None
        run.engine_version, run.pool_size, run.proposals = live.version, int(population.there.sum()), len(made)
        served = {person for match in made for person in (match.user_a_id, match.user_b_id)}
        run.left_without, run.alone = run.pool_size - len(served), outcome.alone
        run.exposure_gini, run.rejected = outcome.gini, outcome.rejected
        run.seconds, run.members, run.starts = run.seconds | watch.seconds, b"", b""
        run.save()
        if parameters.live().version != live.version:
            request(now=watch.now)


def _fail(lease: Lease[MatchingRun], exc: Exception) -> None:
    run = lease.row
    failed = {"status": RunStatus.FAILED, "finished_at": lease.watch.now, "leased_until": None}
    with transaction.atomic(), as_service():
        ours = MatchingRun.objects.filter(id=run.id, status=RunStatus.RUNNING, leased_until=run.leased_until)
        if ours.update(**failed, error=type(exc).__name__, seconds=lease.watch.seconds, members=b"", starts=b""):
            run.shards.all().delete()
