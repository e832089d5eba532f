"""A worker is killed in the middle of a shard: the others make of the run what it would have become."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import transaction

from matching.enums import RunStatus
from matching.models import Match, MatchingRun, MatchingShard, PoolEntry
from matching.services import runs, shards
from tests.faults.live import database_url
from tests.matching.crowds import crowd, pairs_made

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 40


@pytest.fixture
def workers():
    """Starts workers; whichever lives at the end is ended."""
    started = []

    def start(kind):
        own = os.environ | {"DATABASE_URL": database_url(), "DATABASE_LOGIN": "worker"}
        command = [sys.executable, "-m", "tests.faults.sharding", kind]
        started.append(subprocess.Popen(command, env=own, cwd=configured.BASE_DIR, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def begin(now):
    with transaction.atomic():
        runs.request(now=now)
    return runs.run_requested(now=now)


def undisturbed(now, settings):
    """What one worker makes of the same pool alone; then everything is as before."""
    settings.MATCHING_INLINE = 10**6
    begin(now)
    made = pairs_made()
    Match.objects.all().delete()
    MatchingRun.objects.all().delete()
    PoolEntry.objects.update(considered_at=None, built_at=now)
    return made


def test_what_a_killed_worker_held_is_done_by_another(now, settings, monkeypatch, workers):
    monkeypatch.setattr("matching.engine.blocks.BLOCK", 6)
    monkeypatch.setattr(shards, "PAIRS", 150)
    with transaction.atomic():
        crowd(now, SIZE)
    made = undisturbed(now, settings)
    settings.MATCHING_INLINE = 0
    run = begin(now)
    assert len(made) > 4
    assert MatchingShard.objects.count() > 2

    killed = workers("slow")
    assert killed.stdout.readline() == "holding\n"
    held = MatchingShard.objects.get(leased_until__isnull=False)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(20) == -signal.SIGKILL

    others = workers("fast")
    worked = others.communicate(timeout=120)[0].split()
    assert (others.returncode, len(worked)) == (0, MatchingShard.objects.count() - 1)
    held.refresh_from_db()
    assert (held.finished_at, held.shortlists, held.attempts) == (None, None, 1)
    assert not Match.objects.exists()
    assert not PoolEntry.objects.exclude(considered_at=None).exists()

    MatchingShard.objects.filter(id=held.id).update(leased_until=now - timedelta(seconds=1))
    last = workers("fast")
    assert last.communicate(timeout=120)[0].split() == ["worked"]
    run.refresh_from_db()
    assert (run.status, run.proposals) == (RunStatus.FINISHED, len(made))
    assert pairs_made() == made
    assert not MatchingShard.objects.exists()


def test_a_run_that_nobody_disturbs_ends_the_same(now, settings, monkeypatch, workers):
    monkeypatch.setattr("matching.engine.blocks.BLOCK", 6)
    monkeypatch.setattr(shards, "PAIRS", 150)
    with transaction.atomic():
        crowd(now, SIZE)
    made = undisturbed(now, settings)
    settings.MATCHING_INLINE = 0
    run = begin(now)
    at_once = [workers("fast") for _ in range(2)]
    assert [one.wait(120) for one in at_once] == [0, 0]
    run.refresh_from_db()
    assert (run.status, pairs_made()) == (RunStatus.FINISHED, made)
