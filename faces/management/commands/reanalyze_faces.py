"""`manage.py reanalyze_faces [--most N]`: have workers look at all faces again that another analyzer looked at.

Stopped anywhere, it goes on when it is run again. Faces sent meanwhile wait behind those that were asked for before
them: with many, ask for some thousands at a time.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import clock
from faces.analyzers import AnalyzerUnavailable
from faces.services import reanalyses


class Command(BaseCommand):
    help = "Have workers look at all faces again that another analyzer than the chosen one looked at."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--most", type=int, default=sys.maxsize, help="how many faces at the most")

    def handle(self, *, most: int, **options: Any) -> None:
        total, swept = 0, -1
        try:
            while swept and total < most:
                swept = reanalyses.reanalyze(now=clock.now(), limit=min(reanalyses.BATCH, most - total))
                total += swept
        except AnalyzerUnavailable as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{total} faces wait to be looked at again")
