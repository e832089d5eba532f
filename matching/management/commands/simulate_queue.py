"""`manage.py simulate_queue`: a day of arrivals at the queue among invented people, and how it went."""

from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from config import clock
from config.errors import DomainError
from matching.engine.filters import FRIENDSHIP
from matching.engine.queue import Waiting, chosen
from matching.engine.scores import weighted
from matching.services import pairing, parameters, people, simulations
from matching.simulation.arrivals import Choose, Outcome, exactly, greedily, live_through
from safety.roles import as_service

CHOICES: dict[str, Choose] = {"ours": chosen, "greedy": greedily, "exact": exactly}
HEAD = f"{'pairing':<9}{'waits':>7}{'paired':>9}{'p50':>7}{'p80':>7}{'p95':>7}{'mean score':>12}{'lowest':>8}"


class Command(BaseCommand):
    help = "Let a day of people arrive at the queue, and print how they waited and whom they were given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=2000, help="how many there are who may arrive")
        parser.add_argument("--arrivals", type=int, default=2000, help="how often one of them does, in a day")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same day")
        parser.add_argument("--only", choices=CHOICES, action="append", help="not all ways of choosing pairs")

    def handle(self, *args: Any, people: int, arrivals: int, seed: int, only: list[str] | None, **options: Any) -> None:
        if min(people, arrivals) < 1 or seed < 0:
            raise CommandError("--people and --arrivals are 1 or more, --seed is not below zero.")
        try:
            crowd = _crowd(people, seed)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{len(crowd)} of {people} look for friends; {arrivals} arrivals, seed {seed}.\n{HEAD}")
        longest = settings.QUEUE_LONGEST_WAIT.total_seconds()
        day: dict[str, Any] = {"seed": seed, "arrivals": arrivals, "longest": longest, "rules": pairing.rules()}
        for name in only or CHOICES:
            self.stdout.write(_line(name, live_through(crowd, choose=CHOICES[name], **day)))


def _crowd(number: int, seed: int) -> Waiting:
    """Invented people as the engine takes them, who look for friends. The database is as before afterwards."""
    with transaction.atomic():
        simulations.make(people=number, seed=seed, keep=True, now=clock.now())
        with as_service():
            live = parameters.live()
            found = people.load(capacity=live.capacity, now=clock.now())
        transaction.set_rollback(True)
    friends = np.flatnonzero(found.pool.mode & FRIENDSHIP)
    return Waiting(
        pool=found.pool.take(friends),
        weighted=weighted(found.features.take(friends), live.friendship),
        waited=np.zeros(len(friends)),
        flagged=np.zeros(len(friends), dtype=bool),
        apart=np.empty((0, 2), dtype=np.int64),
    )


def _line(name: str, came: Outcome) -> str:
    waits, worths = np.array(came.waits or [np.nan]), np.array(came.worths or [np.nan])
    seconds = "".join(f"{share:>6.0f}s" for share in np.percentile(waits, [50, 80, 95]))
    scores = f"{worths.mean():>12.1f}{worths.min():>8.1f}"
    return f"{name:<9}{came.arrived:>7}{came.paired:>9.1%}{seconds}{scores}"
