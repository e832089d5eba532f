"""`manage.py connect_schema preflight | backup | verify | smoke | rollback`: the runbook of docs/operations.md."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from config import clock
from config.errors import DomainError
from config.runbook import backups, preflight, reports, rollback, smoke, verify
from config.runbook.reports import Line

OWNER = "connect_owner"


class Command(BaseCommand):
    help = "Check, back up, verify, try out and roll back the schema of Connect."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        for name, meaning in (
            ("preflight", "say what is missing before a migration"),
            ("verify", "hold the database against what the models declare"),
            ("smoke", "insert and read as each role, and leave nothing"),
        ):
            steps.add_parser(name, help=meaning).add_argument("--json", action="store_true")
        steps.add_parser("backup", help="dump the database and check the dump")
        back = steps.add_parser("rollback", help="remove the Connect flow; says what it would do unless --execute")
        back.add_argument("--execute", action="store_true", help="do it")
        back.add_argument("--drop-tables", action="store_true", help="also its tables, if nobody else uses them")
        back.add_argument("--undo-drop", action="store_true", help="make the dropped tables again, empty")
        back.add_argument("--yes-i-mean-it", action="store_true", help="ask nothing: for scripts")

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        if connection.settings_dict["USER"] != OWNER:
            raise CommandError(f"This needs the login of {OWNER}: DATABASE_LOGIN=owner.")
        try:
            getattr(self, f"_{step}")(options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        except OperationalError as down:
            raise CommandError(f"The database does not answer: {str(down).splitlines()[0]}") from down

    def _preflight(self, options: dict[str, Any]) -> None:
        self._report(preflight.check(now=clock.now()), options)

    def _backup(self, options: dict[str, Any]) -> None:
        backup = backups.take(now=clock.now())
        self.stdout.write(f"{backups.path(backup)}  {backup.size} bytes  {backup.entries} entries  {backup.sha256}")

    def _verify(self, options: dict[str, Any]) -> None:
        self._report(verify.verify(), options)

    def _smoke(self, options: dict[str, Any]) -> None:
        self._report(smoke.walk(now=clock.now()), options)

    def _rollback(self, options: dict[str, Any]) -> None:
        if options["undo_drop"]:
            self.stdout.write(f"Made again: {', '.join(rollback.undo_drop()) or 'nothing was missing'}")
            return
        plan = rollback.plan(drop_tables=options["drop_tables"])
        self.stdout.write(reports.as_text(plan.lines()))
        if not options["execute"]:
            self.stdout.write("Nothing was changed; --execute does it.")
            return
        backup = rollback.refuse_without_backup(now=clock.now())
        if not options["yes_i_mean_it"]:
            self._ask_for(rollback.phrase())
        rollback.carry_out(plan, backup=backup)
        self.stdout.write("Rolled back.")

    def _ask_for(self, phrase: str) -> None:
        self.stdout.write(f"Type: {phrase}")
        try:
            typed = input("> ")
        except EOFError:
            typed = ""
        if typed.strip() != phrase:
            raise CommandError("Not confirmed; nothing was changed.")

    def _report(self, lines: list[Line], options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(reports.as_json(lines), indent=2) if options["json"] else reports.as_text(lines))
        if missing := reports.missing(lines):
            raise CommandError(f"{len(missing)} of {len(lines)} are not as they have to be.")
