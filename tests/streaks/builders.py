"""Streaks as the product makes them, and moments in their days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from config.db import new_id
from matching.models import Connection
from matching.services import connections
from streaks.engine import days
from streaks.enums import StreakStatus
from streaks.models import Streak
from streaks.services import check_ins
from tests.factories import UserFactory
from tests.matching.builders import found_each_other

ZONE = "Europe/Berlin"
FORMED = datetime(2026, 3, 2, 15, tzinfo=UTC)
FIRST = date(2026, 3, 3)


def at(day: int, hour: float = 12, zone: str = ZONE, first: date = FIRST) -> datetime:
    """A moment of the n-th day of a streak, by its clock; day 1 is the first."""
    minutes = round(hour * 60)
    clock = datetime.combine(first + timedelta(days=day - 1), time(minutes // 60, minutes % 60))
    return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def streak(zone: str = ZONE, now: datetime = FORMED, **fields) -> Streak:
    """The streak of two who have just found each other; both live by the same clock."""
    first, second = (UserFactory(email=f"{new_id()}@maitribe.example", timezone=zone, **fields) for _ in range(2))
    connection = found_each_other(first.id, second.id, now)
    return Streak.objects.get(connection=connection)


def person(made: Streak, side: str):
    return made.user_low_id if side == "low" else made.user_high_id


def check_in(made: Streak, side: str, now: datetime) -> Streak:
    with transaction.atomic():
        return check_ins.check_in(streak_id=made.id, by=person(made, side), effort_signal="steady", now=now)


def late(made: Streak, now: datetime) -> None:
    """A moment's day at risk, whatever time it is, because only "low" has checked in."""
    check_in(made, "low", now)
    over = days.ends(made.timezone, days.local_date(made.timezone, now))
    Streak.objects.filter(id=made.id).update(status=StreakStatus.AT_RISK, due_at=over)


def both(made: Streak, *numbers: int) -> None:
    for day in numbers:
        for side in ("low", "high"):
            check_in(made, side, at(day))


def end(made: Streak, side: str, now: datetime, reason: str = "over") -> None:
    with transaction.atomic():
        connections.end_between(
            first=made.user_low_id, second=made.user_high_id, by=person(made, side), reason=reason, now=now
        )


def stored(made: Streak) -> Streak:
    return Streak.objects.get(id=made.id)


def connection_of(made: Streak) -> Connection:
    return Connection.objects.get(id=made.connection_id)
