"""`manage.py trust`: the scores held against the ledger they come from, or made out of it anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import clock
from safety.services import trust_audit


class Command(BaseCommand):
    help = "With --check fail on any score that is not what its ledger makes of it; with --recompute make them so."

    def add_arguments(self, parser: CommandParser) -> None:
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("--check", action="store_true")
        wanted.add_argument("--recompute", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self._check()
        else:
            self.stdout.write(f"{trust_audit.recompute(now=clock.now())} scores are what the ledger makes of them.")

    def _check(self) -> None:
        found = list(trust_audit.differences())
        for difference in found:
            self.stderr.write(difference)
        if found:
            raise CommandError(f"{len(found)} difference(s) between the scores and the ledger")
        self.stdout.write("Every score is what its ledger makes of it.")
