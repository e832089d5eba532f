"""`manage.py simulate_pool`: invented people in the pool, for benchmarks and tuning, and away with them again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import clock
from config.errors import DomainError
from matching.services import simulations


class Command(BaseCommand):
    help = "Put invented people into the pool. Not in production, and among others only with --keep."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=0, help="how many to make")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people")
        parser.add_argument("--keep", action="store_true", help="leave whoever is in the database among them")
        parser.add_argument("--remove", action="store_true", help="first delete all invented people, and only them")

    def handle(self, *args: Any, people: int, seed: int, keep: bool, remove: bool, **options: Any) -> None:
        if people < 0 or seed < 0 or not (people or remove):
            raise CommandError("Say --people, --remove or both; neither --people nor --seed is below zero.")
        try:
            self._run(people, seed, keep, remove)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def _run(self, people: int, seed: int, keep: bool, remove: bool) -> None:
        if remove:
            self.stdout.write(f"{simulations.remove()} invented people removed.")
        if people:
            simulations.make(people=people, seed=seed, keep=keep, now=clock.now())
            self.stdout.write(f"{people} invented people made of seed {seed}.")
