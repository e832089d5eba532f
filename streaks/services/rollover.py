"""Moving every streak that is due, as PostgreSQL statements over many rows.

Where the days of each time zone begin and end is computed once and joined in; otherwise the statement says what
`streaks.engine.states` says, and a test holds the two together. A batch is one transaction in which each of its
streaks takes all the moves that are due, in order; killed anywhere, the next run finds what is still due.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from safety.roles import as_service
from streaks.engine import days, states
from streaks.services import excuses
from streaks.services.excuses import Calendar

BATCH = 50_000
ONE_AT_A_TIME = 5_274_001
"""The lock, held to the end of a batch, under which rows are taken in the order of the index."""

_CLOCKS = "SELECT timezone, min(day) FROM streaks_streak WHERE due_at <= %s GROUP BY timezone"
_BOUND = """
SELECT due_at, id FROM streaks_streak WHERE due_at <= %s AND (due_at, id) > (%s, %s)
ORDER BY due_at, id OFFSET %s LIMIT 1
"""
_LOW = "(s.low_on IS NOT DISTINCT FROM s.day)"
_HIGH = "(s.high_on IS NOT DISTINCT FROM s.day)"
_MOVE = f"""
CASE WHEN s.status = 'payment_window' AND clock.excused THEN {{prolonged}}
     WHEN s.status = 'payment_window' THEN {{closed}}
     WHEN s.status = 'active' AND {_LOW} <> {_HIGH} THEN {{endangered}}
     WHEN ({_LOW} AND {_HIGH}) OR clock.excused THEN {{passed}}
     WHEN {_LOW} <> {_HIGH} AND s.current_day > 0 THEN {{broken}}
     ELSE {{lost}} END
"""
_MISSED = f"CASE WHEN {_LOW} = {_HIGH} THEN NULL WHEN {_LOW} THEN s.user_high_id ELSE s.user_low_id END"
# A day of the window on which both were counts once the streak is saved; the last day is never reached this way.
_HELD = f"least({states.DAYS - 1}, s.broken_count + ({_LOW} AND {_HIGH})::int)"
_EARLIER = """
CASE WHEN s.broken_on IS NULL THEN s.earlier
     ELSE s.earlier || jsonb_build_array(jsonb_build_array(s.broken_on, s.closed_on, s.broken_count)) END
"""
# column -> what it becomes when the window stays open for a day more, closes, when a day comes to be at risk, passes,
# breaks, and breaks for good
_MOVES = {
    "status": ("s.status", "'reset'", "'at_risk'", "'active'", "'payment_window'", "'reset'"),
    "day": (*["clock.next_day"] * 2, "s.day", *["clock.next_day"] * 3),
    "due_at": ("clock.next_ends", "NULL", "clock.ends", "clock.next_ends", "clock.next_ends", "NULL"),
    "current_day": ("s.current_day", "0", *["s.current_day"] * 3, "0"),
    "breaker_id": ("s.breaker_id", "s.breaker_id", "NULL", "NULL", _MISSED, _MISSED),
    "broken_on": (*["s.broken_on"] * 4, "s.day", "s.day"),
    "broken_count": (_HELD, _HELD, "s.broken_count", "s.broken_count", "s.current_day", "s.current_day"),
    "closed_on": ("NULL", "s.day", "s.closed_on", "s.closed_on", "NULL", "NULL"),
    "earlier": (*["s.earlier"] * 4, _EARLIER, _EARLIER),
    "notice_due_at": (
        *["%(now)s"] * 3,
        "CASE WHEN s.status = 'active' THEN s.notice_due_at END",
        *["%(now)s"] * 2,
    ),
}
_KINDS = ("prolonged", "closed", "endangered", "passed", "broken", "lost")
_CHANGES = ", ".join(
    f"{column} = {_MOVE.format(**dict(zip(_KINDS, made, strict=True)))}" for column, made in _MOVES.items()
)
_UPDATE = f"""
WITH clock AS MATERIALIZED (
  SELECT * FROM unnest(%(zones)s::text[], %(days)s::date[], %(ends)s::timestamptz[], %(next_days)s::date[],
                       %(next_ends)s::timestamptz[], %(excused)s::boolean[])
  AS clock (timezone, day, ends, next_day, next_ends, excused)
), moved AS (
  UPDATE streaks_streak s SET {_CHANGES} FROM clock
  WHERE s.timezone = clock.timezone AND s.day = clock.day AND s.due_at <= %(now)s AND {{which}}
  RETURNING s.id, s.due_at
)
SELECT count(*), array_agg(id) FILTER (WHERE due_at <= %(now)s) FROM moved
"""
_FIRST_MOVE = _UPDATE.format(
    which="(s.due_at, s.id) > (%(after)s, %(after_id)s) AND (s.due_at, s.id) <= (%(to)s, %(to_id)s)"
)
_NEXT_MOVE = _UPDATE.format(which="s.id = ANY(%(ids)s)")

_START, _LAST = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0)), UUID(int=2**128 - 1)
Place = tuple[datetime, UUID]


class _Day(NamedTuple):
    """One day of one time zone."""

    zones: str
    days: date
    ends: datetime
    next_days: date
    next_ends: datetime
    excused: bool


def roll_over(*, now: datetime, batch: int = BATCH) -> int:
    """Move all that is due, a batch a transaction. How many streaks; none where another run is at it."""
    moved, place = 0, _START
    with transaction.atomic(), as_service():
        clocks = _clocks(now)
    while True:
        with transaction.atomic(), as_service():
            to = _bound(now, place, batch) if _alone() else None
            if to is None:
                return moved
            moved += _roll(clocks, place, to, now)
            place = to


def _clocks(now: datetime) -> dict[str, list[Any]]:
    """The days that any due streak has to pass, as columns."""
    calendar = excuses.known()
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS, [now])
        rows = [day for zone, first in cursor.fetchall() for day in _passing(zone, first, now, calendar)]
    return {name: [getattr(row, name) for row in rows] for name in _Day._fields}


def _passing(zone: str, first: date, now: datetime, calendar: Calendar) -> Iterator[_Day]:
    day, last = first, days.local_date(zone, now)
    while day <= last:
        following = days.following(zone, day)
        ends, next_ends = days.ends(zone, day), days.ends(zone, following)
        yield _Day(zone, day, ends, following, next_ends, calendar.excuses(zone, day))
        day = following


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        held: bool = cursor.fetchone()[0]
    return held


def _bound(now: datetime, after: Place, batch: int) -> Place | None:
    """Where the batch that comes after a place ends; None after the last."""
    with connection.cursor() as cursor:
        cursor.execute(_BOUND, [now, *after, batch - 1])
        if found := cursor.fetchone():
            return found[0], found[1]
        cursor.execute(_BOUND, [now, *after, 0])
        return (now, _LAST) if cursor.fetchone() else None


def _roll(clocks: dict[str, list[Any]], after: Place, to: Place, now: datetime) -> int:
    """Every move that is due of the streaks between two places."""
    given: dict[str, Any] = clocks | {"now": now}
    bounds = {"after": after[0], "after_id": after[1], "to": to[0], "to_id": to[1]}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_MOVE, given | bounds)
        moved, still = cursor.fetchone()
        while still:
            cursor.execute(_NEXT_MOVE, given | {"ids": still})
            still = cursor.fetchone()[1]
    return int(moved)
