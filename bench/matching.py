"""The matching run against the bare product of the same vectors, on an invented population in a real database."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from bench import quality, stack
from bench.reference import all_products, flat_search
from bench.report import figure

SMALL, LARGE = 10_000, 100_000
REPEATS, REPEATS_LARGE = 5, 3
SHORTLIST_PEOPLE, FEATURES, PLACES = 20_000, 300, 50
CHECKED = 500
"""People of the large pool whose shortlists are held against the exhaustive ones."""

PATIENCE = 1200.0
"""Seconds that a run in shards may take."""

TOLERANCE = 1e-2
"""Points by which two ways of adding up single-precision products may differ."""


def run() -> list[dict[str, Any]]:
    stack.prepare()
    _become_a_worker()
    return [_shortlist(), *quality.run(), _whole_run(SMALL, REPEATS, 8.0), *_large()]


def _large() -> list[dict[str, Any]]:
    whole = _whole_run(LARGE, REPEATS_LARGE, 3.0)
    return [whole, _workers(), _incremental(whole["ours"])]


def _whole_run(people: int, repeats: int, target: float) -> dict[str, Any]:
    """From rows to committed proposals, and every ordered pair's product by NumPy alone, in turn."""
    _populate(people)
    ours, reference, made = [], [], 0
    for _ in range(repeats):
        _forget_runs()
        seconds, made = _timed(_run_once)
        ours.append(seconds)
        vectors = _vectors()
        reference.append(_timed(lambda v=vectors: all_products(*v))[0])
    worst = _difference_from_exhaustive(people if people <= SMALL else CHECKED)
    return figure(
        "matching.run" if people == SMALL else "matching.run_100k",
        ours=ours,
        reference=reference,
        at_most=target,
        guard=f"shortlists equal the exhaustive ones (worst difference {worst:.4f} points); {made} proposals",
        guard_ok=worst < TOLERANCE and made > 0,
        unit="s",
        n=people,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _become_a_worker() -> None:
    """As the process is that makes the runs: with all tasks loaded, and settled."""
    from config.celery import app, settle

    app.loader.import_default_modules()
    settle()


def _populate(people: int) -> None:
    """A database of these people; what others left behind of their tables is given back."""
    from matching.services import simulations

    simulations.remove()
    simulations.make(people=people, seed=1, keep=True, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE)")


def _forget_runs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_match, matching_matchingrun, connect_notification CASCADE")


def _run_once() -> int:
    from matching.services import runs

    now = timezone.now()
    with transaction.atomic():
        runs.request(now=now)
    settings.MATCHING_INLINE = LARGE
    done = runs.run_requested(now=now)
    if done is None or done.error:
        raise RuntimeError(f"the run failed: {done and done.error}")
    return done.proposals


def _loaded(now: datetime) -> tuple[Any, Any, Any]:
    from matching.services import pairs, parameters, people
    from safety.roles import as_service

    with transaction.atomic(), as_service():
        live = parameters.live()
        population = people.load(capacity=1000, now=now)
        return population, pairs.excluded([], decline_rest=live.decline_rest, now=now), live


def _vectors() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    population, _, _ = _loaded(timezone.now())
    return population.features.query, population.features.key


def _difference_from_exhaustive(checked: int) -> float:
    """The largest difference in worth, place by place, between ranked shortlists and those out of all pairs."""
    from matching.engine import blocks
    from matching.engine.ranking import rank
    from matching.services import pipeline

    population, excluded, live = _loaded(timezone.now())
    cut = blocks.cut(population.pool)
    meetings, _ = blocks.meetings(population.pool, cut)
    field = pipeline.field(population, cut, excluded, live)
    ranked = rank(field, meetings, live.shortlist, threads=pipeline.THREADS).lists
    some = np.linspace(0, len(population) - 1, checked).astype(np.int64)
    differences = [
        np.abs(np.nan_to_num(ranked.worth[part], nan=-1.0) - _exhaustive(field, part, live.shortlist)).max()
        for part in np.array_split(some, max(1, checked // 250))
    ]
    return float(max(differences))


def _exhaustive(field: Any, some: NDArray[np.int64], k: int) -> NDArray[np.float32]:
    """The k best worths of some people out of everybody, by plain NumPy; -1 where there are fewer."""
    from matching.engine.filters import ROMANCE, allowed
    from matching.engine.scores import reciprocal

    romance = (field.pool.mode[some][:, None] & field.pool.mode & ROMANCE) != 0
    lovers = reciprocal(field.romance.take(some), field.romance)
    friends = reciprocal(field.friendship.take(some), field.friendship)
    worth = np.where(romance, lovers, friends)
    worth = np.where(allowed(field.pool.take(some), field.pool) & ~np.isnan(worth), worth, -1.0)
    return np.asarray(-np.sort(-worth, axis=1)[:, :k], dtype=np.float32)


def _workers() -> dict[str, Any]:
    """The same run in shards, by two worker processes and by one."""
    (two, made_by_two), (one, made_by_one) = (_in_shards(workers) for workers in (2, 1))
    return figure(
        "matching.workers",
        ours=[two],
        reference=[one],
        at_most=1.0,
        guard=f"as many proposals by two workers ({made_by_two}) as by one ({made_by_one})",
        guard_ok=made_by_two == made_by_one,
        unit="s",
        n=LARGE,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _in_shards(workers: int) -> tuple[float, int]:
    """Seconds from the request of a run to its end, and its proposals, with so many workers waiting for it."""
    from matching.models import MatchingRun
    from matching.services import runs

    _forget_runs()
    waiting = [_worker() for _ in range(workers)]
    began, inline = time.perf_counter(), settings.MATCHING_INLINE
    with transaction.atomic():
        runs.request(now=timezone.now())
    settings.MATCHING_INLINE = 0
    runs.run_requested(now=timezone.now())
    settings.MATCHING_INLINE = inline
    for worker in waiting:
        print("go", file=worker.stdin, flush=True)
    for worker in waiting:
        worker.wait(PATIENCE)
    run = MatchingRun.objects.get()
    if run.error or any(worker.returncode for worker in waiting):
        raise RuntimeError(f"the run in shards failed: {run.error}")
    return time.perf_counter() - began, run.proposals


def _worker() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.matching_worker"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if worker.stdout is None or worker.stdout.readline() != "ready\n":
        raise RuntimeError("a worker did not start")
    return worker


def _incremental(full: float) -> dict[str, Any]:
    """One profile changed: entry built, pool asked, proposal written; against the run just measured."""
    from matching.models import Match, PoolEntry
    from matching.services import building, entries, newcomers

    _forget_runs()
    users = list(
        PoolEntry.objects.filter(query__isnull=False).order_by("id").values_list("user_id", flat=True)[: REPEATS + 1]
    )
    ours = []
    for user_id in users:
        with transaction.atomic():
            entries.mark_due(user_ids=[user_id], now=timezone.now())
        ours.append(
            _timed(lambda: [work(now=timezone.now()) for work in (building.build_due, newcomers.consider_due)])[0]
        )
    proposed = sum(Match.objects.of(user_id).exists() for user_id in users)
    return figure(
        "matching.incremental",
        ours=ours[1:],
        reference=[full],
        at_most=1 / 200,
        guard=f"{proposed} of {len(users)} got a proposal",
        guard_ok=proposed > 0,
        unit="s",
        n=LARGE,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _shortlist() -> dict[str, Any]:
    """Everybody's 50 best under hard filters, both directions of every pair, against one direction without any."""
    from matching.engine import blocks
    from matching.engine.ranking import Field, rank

    _populate(SHORTLIST_PEOPLE)
    pool, weighted = _loaded(timezone.now())[0].pool, _drawn(SHORTLIST_PEOPLE)
    field = Field(pool, blocks.cut(pool), weighted, weighted, np.empty((0, 2), dtype=np.int64))

    def ours() -> Any:
        meetings, _ = blocks.meetings(pool, field.blocks)
        return rank(field, meetings, PLACES, threads=2).lists

    ours()
    times = [
        (_timed(ours)[0], _timed(lambda: flat_search(weighted.query, weighted.key, PLACES))[0]) for _ in range(REPEATS)
    ]
    found = ours()
    some = np.arange(0, SHORTLIST_PEOPLE, 40)
    worst = float(np.abs(np.nan_to_num(found.worth[some], nan=-1.0) - _exhaustive(field, some, PLACES)).max())
    return figure(
        "matching.shortlist",
        ours=[mine for mine, _ in times],
        reference=[theirs for _, theirs in times],
        at_most=1.5,
        guard=f"equal to the exhaustive ones (worst difference {worst:.4f} points)",
        guard_ok=worst < TOLERANCE,
        unit="s",
        n=SHORTLIST_PEOPLE,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _drawn(people: int) -> Any:
    """Vectors out of a generator whose products lie in 0-100, all dimensions present."""
    from matching.engine.scores import Weighted

    rng = np.random.default_rng(1)
    key = rng.random((people, FEATURES), dtype=np.float32)
    query = rng.random((people, FEATURES), dtype=np.float32) * np.float32(2 * 100 / FEATURES / 1.4)
    return Weighted(query, key, np.zeros(people, dtype=np.int64), np.ones((people, 1), dtype=np.float32))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done
