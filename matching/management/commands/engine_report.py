"""`manage.py engine_report [--since DAYS] [--tuning] [--json]`: which components of the score foretell anything."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import clock
from matching.engine.learning import HELD_OUT
from matching.engine.lift import Interval, Lift
from matching.services import lifts
from matching.services.lifts import Measured

HEAD = ("component", "known", "bottom third", "top third", "difference in points", "slope", "says")
LINE = "  {:<14}{:>7}  {:>14}  {:>14}  {:>24}  {:>22}  {}"
HELD = (
    f"Held-out matches: one in {HELD_OUT}, by a hash of its id. Nobody's leanings learned from them.\n"
    "Weights are set by people: choose them by --tuning, the other matches, and confirm them here."
)
TUNING = "Matches to choose weights by. Confirm on those that are held out, without --tuning."
NOTES = (
    "difference: the outcome's rate in the top third of the component less that in the bottom third.\n"
    "slope: what one standard deviation more adds to the log odds, all other components equal; go by this one.\n"
    "Intervals are at 95 %: of twenty components that say nothing, one seems to."
)


class Command(BaseCommand):
    help = "Say for each component of the score and each engine version what it foretold of matches."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=int, default=180, metavar="DAYS", help="matches of so many days (180)")
        parser.add_argument("--tuning", action="store_true", help="the matches that are not held out")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, since: int, tuning: bool, **options: Any) -> None:
        if since < 1:
            raise CommandError("--since is a number of days, 1 or more.")
        now = clock.now()
        found = lifts.measure(since=now - timedelta(days=since), now=now, tuning=tuning)
        self.stdout.write(_as_json(found, since, tuning) if options["json"] else _as_text(found, tuning))


def _as_json(found: list[Measured], since: int, tuning: bool) -> str:
    report = {"days": since, "matches": "tuning" if tuning else "held_out", "measured": [_plain(one) for one in found]}
    return json.dumps(report, indent=2)


def _plain(one: Measured) -> dict[str, Any]:
    return {
        "engine_version": one.engine_version,
        "outcome": one.outcome.name,
        "meaning": one.outcome.meaning,
        **asdict(one.share),
        "components": {name: asdict(lift) | {"says": lift.says} for name, lift in one.lifts.items()},
    }


def _as_text(found: list[Measured], tuning: bool) -> str:
    tables = ["\n".join(_table(one)) for one in found] or ["There are no such matches."]
    return "\n\n".join([TUNING if tuning else HELD, *tables, NOTES])


def _table(one: Measured) -> list[str]:
    share = one.share
    title = f"{one.engine_version}: {one.outcome.meaning}: {share.reached} of {share.n} ({share.rate:.1%})"
    return [title, LINE.format(*HEAD), *(_line(name, lift) for name, lift in one.lifts.items())]


def _line(name: str, lift: Lift) -> str:
    rates = (f"{third.rate:.1%} of {third.n}" if third.n else "-" for third in (lift.bottom, lift.top))
    difference, slope = _shown(lift.difference, 100.0, 1), _shown(lift.slope, 1.0, 2)
    return LINE.format(name, lift.known, *rates, difference, slope, lift.says)


def _shown(interval: Interval | None, scale: float, digits: int) -> str:
    if interval is None:
        return "-"
    middle, low, high = (f"{scale * bound:+.{digits}f}" for bound in (interval.estimate, interval.low, interval.high))
    return f"{middle} [{low}, {high}]"
