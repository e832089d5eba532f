"""Entries that two are at: real threads, real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest
from django.db import connection, transaction

from connect.enums import Purpose
from connect.services import consents
from matching.engine.features import DIMENSIONS
from matching.models import PoolEntry
from matching.services import building, entries
from matching.vectors import EDGES
from tests.matching.builders import entry_of, loaded, person

pytestmark = pytest.mark.django_db(transaction=True)

ASTRO = DIMENSIONS.index("astro")


def in_thread(act):
    try:
        return act()
    finally:
        connection.close()


def test_two_workers_never_build_one_entry_twice(now, monkeypatch):
    for _ in range(12):
        person(now, chart=False)
    entries.adopt(now=now)
    real, taken, both_claimed = building._build, [], Barrier(2, timeout=20)

    def build(some, claims, moment):
        both_claimed.wait()
        taken.append([entry.id for entry in some])
        real(some, claims, moment)

    monkeypatch.setattr(building, "_build", build)
    with ThreadPoolExecutor(2) as workers:
        acts = [workers.submit(in_thread, lambda: building.build_due(now=now, limit=6)) for _ in range(2)]
        assert [act.result() for act in acts] == [6, 6]
    assert len({*taken[0], *taken[1]}) == 12
    assert not PoolEntry.objects.exclude(due_at=None).exists()


@pytest.mark.parametrize("before", [False, True], ids=["first built", "built before"])
def test_a_consent_taken_back_while_its_entry_is_built_is_not_in_it(now, monkeypatch, before):
    with transaction.atomic():
        user = person(now)
        if before:
            loaded(now)
        entries.mark_due(user_ids=[user.id], now=now)
    real, read, revoking = building._made, Event(), Event()

    def made(user_ids, moment):
        found = real(user_ids, moment)
        read.set()
        assert revoking.wait(20)
        assert _waits_for_a_lock()
        return found

    def take_back():
        with transaction.atomic():
            assert read.wait(20)
            revoking.set()
            consents.revoke(user_id=user.id, purpose=Purpose.ASTROLOGY, now=now)

    monkeypatch.setattr(building, "_made", made)
    with ThreadPoolExecutor(2) as workers:
        acts = [workers.submit(in_thread, act) for act in (lambda: building.build_due(now=now), take_back)]
        assert [act.result() for act in acts] == [1, None]
    monkeypatch.setattr(building, "_made", real)
    assert entry_of(user).key is None
    assert building.build_due(now=now) == 1
    entry = entry_of(user)
    assert not entry.present >> ASTRO & 1
    assert not np.any(np.array(entry.key)[EDGES[ASTRO] : EDGES[ASTRO + 1]])


def _waits_for_a_lock(seconds=10.0):
    """Whether somebody comes to wait for a lock that this transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    asked = f"SELECT pg_stat_clear_snapshot(), ({waiting}), pg_sleep(0.02)"
    with connection.cursor() as cursor:
        for _ in range(int(seconds / 0.02)):
            cursor.execute(asked)
            if cursor.fetchone()[1]:
                return True
    return False
