"""Holding a row that several workers could take.

The moment up to which a row is leased is the proof of holding it: it is asked for at each heartbeat, and once more,
under a lock, in the transaction that writes what was worked out; so a worker that was thought dead and comes back
writes nothing.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db import transaction

from matching.models import MatchingRun, MatchingShard
from safety.roles import as_service


class LeaseLost(Exception):
    """Another worker took the row over."""


class Stopwatch:
    """The work's own time: `now` as it was given plus what has passed since, and the seconds of each stage."""

    def __init__(self, now: datetime) -> None:
        self.start, self._begun, self._lap = now, time.monotonic(), time.monotonic()
        self.seconds: dict[str, float] = {}

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self._begun)

    def lap(self, stage: str) -> None:
        passed = time.monotonic()
        self.seconds[stage], self._lap = round(passed - self._lap, 3), passed


Held = TypeVar("Held", MatchingRun, MatchingShard)


@dataclass
class Lease(Generic[Held]):
    """One worker's hold of a run or a shard whose `leased_until` it set itself."""

    row: Held
    watch: Stopwatch

    def hold(self) -> None:
        """Lock the row if it is still ours, until the transaction ends. Raises LeaseLost."""
        ours = type(self.row)._default_manager.filter(id=self.row.id, leased_until=self.row.leased_until)
        if not ours.select_for_update().exists():
            raise LeaseLost()

    def beat(self) -> None:
        """Extend the lease when a quarter of it is gone. Raises LeaseLost."""
        until = self.watch.now + settings.MATCHING_LEASE
        if self.row.leased_until and until - self.row.leased_until < settings.MATCHING_LEASE / 4:
            return
        with transaction.atomic(), as_service():
            self.hold()
            self.row.leased_until = until
            self.row.save(update_fields=["leased_until"])
