"""The days of a time zone, as moments.

A day begins with the first moment at which the clock shows its date, and is over for good when the next one begins,
even where the clock goes back over midnight. A date that the calendar of a zone leaves out takes no time at all.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

CUTOFF = time(20)
"""From then on a day that only one has checked in on is at risk."""
_DAY = timedelta(days=1)


def begins(zone: str, day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return _first_moment(zone, datetime.combine(day, time()))


def ends(zone: str, day: date) -> datetime:
    """The moment at which a day is over, in UTC."""
    return begins(zone, day + _DAY)


def cutoff(zone: str, day: date) -> datetime:
    """The moment from which a day can be at risk, in UTC."""
    return _first_moment(zone, datetime.combine(day, CUTOFF))


def local_date(zone: str, now: datetime) -> date:
    """The day that a moment belongs to."""
    shown = now.astimezone(ZoneInfo(zone)).date()
    return shown + _DAY if ends(zone, shown) <= now else shown


def following(zone: str, day: date) -> date:
    """The next day that there is."""
    return local_date(zone, ends(zone, day))


@lru_cache(maxsize=16_384)
def _first_moment(zone: str, clock: datetime) -> datetime:
    """When a clock first shows this time, or in a gap the first time after it."""
    place = ZoneInfo(zone)
    at = clock.replace(tzinfo=place).astimezone(UTC)
    if _clock(place, at) == clock:
        return at
    before, after = clock.replace(tzinfo=place, fold=1).astimezone(UTC), at
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (before, middle) if _clock(place, middle) >= clock else (middle, after)
    return after


def _clock(place: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(place).replace(tzinfo=None, fold=0)
