"""Two transactions that overlap for certain: the second begins before the first commits."""

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def overlap(
    first: Callable[[], object], second: Callable[[], object], then: Callable[[], object] = lambda: None
) -> None:
    """Commit `first` only once `second`, in a connection of its own, waits for it; then see both through. `then` is
    what the first transaction still does while the second waits.
    """
    failures: list[Exception] = []
    thread = threading.Thread(target=_commit, args=[second, failures])
    with transaction.atomic():
        first()
        thread.start()
        until_somebody_waits()
        then()
    thread.join()
    assert failures == []


def _commit(work: Callable[[], object], failures: list[Exception]) -> None:
    try:
        with transaction.atomic():
            work()
    except Exception as exc:
        failures.append(exc)
    finally:
        connection.close()


def until_somebody_waits() -> None:
    """Return once another connection waits for what this one holds."""
    give_up = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < give_up:
            cursor.execute(WAITING)
            if cursor.fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("the second transaction never waited for the first")
