"""Streaks of every kind that a rollover meets, in any time zone, with the story of each.

A day of the calendar is asked for and lived through by services: the rows stand as the product leaves them, and the
oracle says what has to become of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from streaks.models import Streak
from streaks.services import rollover
from tests.streaks import builders
from tests.streaks.oracle import UTC, Story

BOTH, LOW, HIGH, NOBODY = ("low", "high"), ("low",), ("high",), ()


@dataclass(frozen=True)
class Kind:
    """A few days, each with who checked in on it; `endangered` if the rollover saw the evening of the last one."""

    name: str
    days: tuple
    endangered: bool = False


KINDS = [
    Kind("both", (BOTH, BOTH, BOTH)),
    Kind("nobody", (BOTH, BOTH, NOBODY)),
    Kind("low at risk", (BOTH, BOTH, LOW), endangered=True),
    Kind("high at risk", (BOTH, BOTH, HIGH), endangered=True),
    Kind("low, nobody looked", (BOTH, BOTH, LOW)),
    Kind("window", (BOTH, HIGH, NOBODY)),
    Kind("window, both back", (BOTH, LOW, BOTH)),
    Kind("first day", (LOW,), endangered=True),
    Kind("reset", (BOTH, NOBODY, LOW)),
    Kind("broken again", (BOTH, NOBODY, BOTH, LOW)),
]


@dataclass
class Made:
    kind: Kind
    streak: Streak
    story: Story


def moment(zone: str, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def make(kind: Kind, zone: str, last: date) -> Made:
    """A streak whose last day lived is `last`."""
    first = last - timedelta(days=len(kind.days) - 1)
    formed = moment(zone, first - timedelta(days=1), time(15))
    made = Made(kind, builders.streak(zone, formed), Story(zone, formed))
    for number, who in enumerate(kind.days):
        for side in who:
            at = moment(zone, first + timedelta(days=number), time(12))
            builders.check_in(made.streak, side, at)
            made.story.log.append((at, "check_in", side))
    return made


def live_on(everybody, zones, last: date) -> None:
    """What the rollover had done when the last day came: days before it are closed, evenings looked at as told."""
    rollover.roll_over(now=min(moment(zone, last, time(13)) for zone in zones))
    for made in everybody:
        if made.kind.endangered:
            Streak.objects.filter(id=made.streak.id).update(
                status="at_risk", due_at=moment(made.story.zone, last + timedelta(days=1), time(0))
            )


def seen(row: Streak) -> tuple:
    breaker = {row.user_low_id: "low", row.user_high_id: "high", None: None}[row.breaker_id]
    moving = row.status in ("active", "at_risk", "payment_window")
    return (row.status, row.current_day, row.cycle, breaker, row.day if moving else None)


def expected(story: Story, now: datetime) -> tuple:
    told = story.told(now)
    moving = told.status in ("active", "at_risk", "payment_window")
    count = 0 if told.status == "reset" else told.count
    return (told.status, count, told.cycle, told.breaker, told.day if moving else None)


def everybody(zones, last: date) -> list[Made]:
    made = [make(kind, zone, last) for zone in zones for kind in KINDS]
    live_on(made, zones, last)
    return made


def differences(made, now: datetime) -> list:
    """Where the rows are not what the oracle says; empty when all is well."""
    rows = Streak.objects.in_bulk([each.streak.id for each in made])
    return [
        (each.kind.name, each.story.zone, seen(rows[each.streak.id]), expected(each.story, now))
        for each in made
        if seen(rows[each.streak.id]) != expected(each.story, now)
    ]
