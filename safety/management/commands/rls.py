"""`manage.py rls`: the row policies as declared; `--check` holds them against the database."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from safety.schema.inspect import gaps, security_of


class Command(BaseCommand):
    help = "Print the row policies; with --check fail on any difference from the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
        else:
            self._print()

    def _check(self) -> None:
        found = gaps()
        for gap in found:
            self.stderr.write(gap)
        if found:
            raise CommandError(f"{len(found)} difference(s) from what the models declare")
        self.stdout.write("Row security is as declared.")

    def _print(self) -> None:
        for model in apps.get_models():
            if security := security_of(model):
                self.stdout.write(model._meta.db_table)
                for name, (role, command, condition) in security.policies().items():
                    self.stdout.write(f"  {name}  {role}  {command}  {condition}")
