"""`manage.py import_celebrities PATH`: the famous out of a folder, a ZIP, or a CSV with its pictures beside it.

A CSV has the columns name and image, and if you like bio, category and gender. Without one, pictures are named after
whom they show, and the folder one stands in may be a category. Run again, it adds nobody twice.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import clock
from config.errors import Invalid
from faces.analyzers import AnalyzerUnavailable
from faces.bundles import Archive, Bundle, Folder, Table
from faces.services import celebrity_imports
from faces.services.celebrity_imports import ADDED, KNOWN, REFUSED, Outcome


class Command(BaseCommand):
    help = "Bring in the famous out of a folder, a ZIP, or a CSV with its pictures beside it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *, path: Path, **options: Any) -> None:
        """Each is told as soon as it is known what became of them; the command fails if somebody was refused."""
        counts = dict.fromkeys((ADDED, KNOWN, REFUSED), 0)
        try:
            for outcome in celebrity_imports.bring_in(_bundle(path), by=None, now=clock.now()):
                counts[outcome.result] += 1
                self._tell(outcome)
        except (Invalid, AnalyzerUnavailable) as exc:
            raise CommandError(str(exc)) from exc
        told = ", ".join(f"{number} {result}" for result, number in counts.items())
        if counts[REFUSED]:
            raise CommandError(told)
        self.stdout.write(told)

    def _tell(self, outcome: Outcome) -> None:
        reason = f": {outcome.reason}" if outcome.reason else ""
        self.stdout.write(f"{outcome.result:8} {outcome.name} ({outcome.place}){reason}")


def _bundle(path: Path) -> Bundle:
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise CommandError(f"There is no {path}.")
    if path.suffix.lower() == ".csv":
        return Table(path)
    return Archive(path.open("rb"))
