"""Shards, newcomers and runs that several workers are at: real threads, real connections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from matching.engine import blocks as cuts
from matching.enums import RunStatus
from matching.models import Match, MatchingRun, MatchingShard, PoolEntry
from matching.services import drafts, newcomers, runs, shards
from tests.matching.builders import loaded, person
from tests.matching.crowds import crowd, finish, pairs_made

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 24


@pytest.fixture(autouse=True)
def small_shards(settings, monkeypatch):
    settings.MATCHING_INLINE = 0
    monkeypatch.setattr(cuts, "BLOCK", 4)
    monkeypatch.setattr(shards, "PAIRS", 40)


def together(act, workers=2):
    """The same at the same moment by several; what each answered."""
    barrier = Barrier(workers, timeout=20)

    def work():
        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(workers)]]


def pooled(now, size=SIZE):
    with transaction.atomic():
        return crowd(now, size)


def begin(now):
    with transaction.atomic():
        runs.request(now=now)
    return runs.run_requested(now=now)


def test_two_workers_find_what_one_finds(now, settings):
    pooled(now)
    settings.MATCHING_INLINE = 10**6
    begin(now)
    made = pairs_made()
    Match.objects.all().delete()
    MatchingRun.objects.all().delete()
    PoolEntry.objects.update(built_at=now)
    settings.MATCHING_INLINE = 0
    run = begin(now)
    worked = together(lambda: finish(now))
    run.refresh_from_db()
    assert len(made) > 2
    assert (run.status, pairs_made()) == (RunStatus.FINISHED, made)
    assert min(worked) > 0


def test_two_who_end_the_last_two_shards_at_once_make_one_end(now):
    pooled(now)
    run = begin(now)
    for _ in range(MatchingShard.objects.count() - 2):
        runs.run_shard(now=now)
    assert together(lambda: runs.run_shard(now=now)) == [True, True]
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED
    assert Match.objects.count() == run.proposals > 0


def test_who_takes_a_shard_does_not_keep_the_others_from_theirs(now):
    pooled(now)
    begin(now)
    with transaction.atomic():
        list(MatchingShard.objects.filter(number=0).select_for_update())
        first = together(lambda: shards.take(now=now), workers=1)
        second = together(lambda: shards.take(now=now), workers=1)
    assert [shard.number for shard in (*first, *second)] == [1, 2]


def test_a_shard_is_given_out_while_another_is_being_taken(now, monkeypatch):
    pooled(now)
    begin(now)
    real, both = MatchingShard.save, Barrier(2, timeout=20)

    def save(self, **kwargs):
        both.wait()
        real(self, **kwargs)

    monkeypatch.setattr(MatchingShard, "save", save)
    taken = together(lambda: shards.take(now=now))
    assert sorted(shard.number for shard in taken) == [0, 1]


def test_two_runs_at_once_are_one(now, settings):
    settings.MATCHING_INLINE = 10**6
    pooled(now)

    def ask_and_run():
        with transaction.atomic():
            runs.request(now=now)
        return runs.run_requested(now=now)

    done = together(ask_and_run)
    assert len([run for run in done if run]) == 1
    assert MatchingRun.objects.get().status == RunStatus.FINISHED


def test_two_newcomers_looked_at_at_once_get_one_match_between_them(now, monkeypatch):
    with transaction.atomic():
        users = [person(now, chart=False) for _ in range(2)]
        loaded(now)
    real, both = drafts.put, Barrier(2, timeout=20)

    def put(**kwargs):
        both.wait()
        return real(**kwargs)

    monkeypatch.setattr(drafts, "put", put)
    assert together(lambda: newcomers.consider_due(now=now, limit=1)) == [1, 1]
    match = Match.objects.get()
    assert {match.user_a_id, match.user_b_id} == {user.id for user in users}
    assert not PoolEntry.objects.filter(considered_at=None).exists()


@pytest.mark.parametrize("round_", range(3))
def test_newcomers_looked_at_at_once_pass_nobodys_capacity(now, round_):
    with transaction.atomic():
        person(now, chart=False, activated_at=now - timedelta(days=30))
        for _ in range(9):
            person(now, chart=False)
        loaded(now)

    def sweep():
        while newcomers.consider_due(now=now, limit=1):
            pass

    together(sweep, workers=3)
    held = Counter(user_id for pair in Match.objects.values_list("user_a", "user_b") for user_id in pair)
    assert set(held.values()) == {1}
    assert not PoolEntry.objects.filter(considered_at=None).exists()
