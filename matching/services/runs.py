"""The matching run: a row that is the job while it is unfinished and its record afterwards.

A worker holds a run by its lease. The moment up to which it is leased is the proof: it is asked for at each
heartbeat and once more, under a lock, in the transaction that writes the proposals; so a worker that was
thought dead and comes back writes nothing.
"""

import time
from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from connect.models import ConnectProfile
from matching.engine.scores import ENGINE_VERSION
from matching.enums import RunStatus
from matching.models import Match, MatchingRun
from matching.services import announcements, charts, drafts, pairs, people, pipeline
from matching.services.people import Population
from matching.services.pipeline import Outcome
from safety.roles import as_service

logger = structlog.get_logger(__name__)

TASK = "matching.tasks.run_requested"
REST_AFTER_END = timedelta(seconds=30)
"""How long the ends of proposals are gathered before a run: declining one after the other makes no run each."""


class LeaseLost(Exception):
    """Another worker took the run over."""


class Stopwatch:
    """The run's own time: `now` as it was given plus what has passed since, and the seconds of each stage."""

    def __init__(self, now: datetime) -> None:
        self.start, self._begun, self._lap = now, time.monotonic(), time.monotonic()
        self.seconds: dict[str, float] = {}

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self._begun)

    def lap(self, stage: str) -> None:
        passed = time.monotonic()
        self.seconds[stage], self._lap = round(passed - self._lap, 3), passed


def request(*, now: datetime, after: timedelta = timedelta()) -> datetime:
    """Ask for a run, `after` a while, unless one is under way; one that waits is brought forward. When it is due at
    the latest.

    Runs keep MATCHING_MIN_INTERVAL between the end of one and the start of the next. Who comes into the pool
    or is freed while a run is under way is seen by that run's end, which asks for the next.
    """
    with as_service():
        last = MatchingRun.objects.aggregate(last=Max("finished_at"))["last"]
        earliest = now + after
        due_at: datetime = max(earliest, last + settings.MATCHING_MIN_INTERVAL) if last else earliest
        MatchingRun.objects.bulk_create([MatchingRun(due_at=due_at)], ignore_conflicts=True)
        MatchingRun.objects.filter(status=RunStatus.REQUESTED, due_at__gt=due_at).update(due_at=due_at)
    wait = max(0.0, (due_at - now).total_seconds())
    transaction.on_commit(lambda: current_app.send_task(TASK, countdown=wait), robust=True)
    return due_at


def run_requested(*, now: datetime) -> MatchingRun | None:
    """Take the run that is due, if any, and carry it out; None where there was none.

    A fault marks the run failed and is logged; the next request makes a new one.
    """
    run = _claim(now)
    if run is None:
        return None
    watch = Stopwatch(now)
    try:
        _carry_out(run, watch)
    except LeaseLost:
        logger.warning("matching_run_lease_lost", run_id=str(run.id))
    except Exception as exc:
        logger.exception("matching_run_failed", run_id=str(run.id))
        _fail(run, exc, watch)
    return run


def _claim(now: datetime) -> MatchingRun | None:
    with transaction.atomic(), as_service():
        run = MatchingRun.objects.claimable(now).select_for_update(skip_locked=True).first()
        if run is None:
            return None
        run.status, run.started_at, run.leased_until = RunStatus.RUNNING, now, now + settings.MATCHING_LEASE
        run.save(update_fields=["status", "started_at", "leased_until"])
        return run


def _carry_out(run: MatchingRun, watch: Stopwatch) -> None:
    while charts.compute_due(now=watch.now):
        _beat(run, watch)
    watch.lap("charts")
    with transaction.atomic(), as_service():
        population = people.load(now=watch.now)
        excluded = pairs.excluded(population.ids, now=watch.now)
    watch.lap("load")
    outcome = pipeline.propose(population, excluded, beat=lambda: _beat(run, watch))
    watch.lap("engine")
    with transaction.atomic(), as_service():
        _hold(run)
        made = drafts.put(drafts=outcome.drafts, ids=population.ids, run=run, since=watch.start, now=watch.now)
        announcements.announce(made)
        watch.lap("write")
        _finish(run, population, outcome, len(made), watch)


def _beat(run: MatchingRun, watch: Stopwatch) -> None:
    """Extend the lease. Raises LeaseLost."""
    with transaction.atomic(), as_service():
        _hold(run)
        run.leased_until = watch.now + settings.MATCHING_LEASE
        run.save(update_fields=["leased_until"])


def _hold(run: MatchingRun) -> None:
    """Lock the run's row if it is still ours. Raises LeaseLost."""
    ours = MatchingRun.objects.filter(id=run.id, status=RunStatus.RUNNING, leased_until=run.leased_until)
    if not ours.select_for_update().exists():
        raise LeaseLost()


def _finish(run: MatchingRun, population: Population, outcome: Outcome, made: int, watch: Stopwatch) -> None:
    run.status, run.finished_at, run.leased_until = RunStatus.FINISHED, watch.now, None
    run.engine_version = ENGINE_VERSION
    run.pool_size, run.proposals = len(population), made
    run.left_without = len(population) - 2 * made
    run.exposure_gini, run.rejected, run.seconds = outcome.gini, outcome.rejected, watch.seconds
    run.save()
    if ConnectProfile.objects.active().filter(updated_at__gt=run.started_at).exists():
        request(now=watch.now)
    elif Match.objects.filter(ended_at__gt=run.started_at).exists():
        request(now=watch.now, after=REST_AFTER_END)


def _fail(run: MatchingRun, exc: Exception, watch: Stopwatch) -> None:
    failed = {"status": RunStatus.FAILED, "finished_at": watch.now, "leased_until": None}
    with transaction.atomic(), as_service():
        ours = MatchingRun.objects.filter(id=run.id, status=RunStatus.RUNNING, leased_until=run.leased_until)
        ours.update(**failed, error=type(exc).__name__, seconds=watch.seconds)
