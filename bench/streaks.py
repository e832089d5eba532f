"""The day rollover of a million streaks, against a bare UPDATE of the same rows and against one row at a time.

`STREAKS` in the environment makes it smaller, to try it. The streaks of each kind and time zone are copies of one that
lived through its days by our own services; the oracle of the tests says what has to become of it.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from math import ceil, sqrt
from typing import Any

from django.db import connection, transaction

from bench import stack
from bench.report import figure

STREAKS = int(os.environ.get("STREAKS", "1000000"))
REPEATS = 3
ONE_BY_ONE = 2_000
"""Rows that are moved one at a time, in one transaction, which is then rolled back."""
ZONES = ["Europe/Berlin", "Europe/London", "Africa/Cairo", "Europe/Kyiv", "Africa/Lagos", "Asia/Dubai", "Asia/Kolkata"]
LAST = date(2026, 3, 28)
"""The day before summer time begins in half of the zones."""
NOW = datetime(2026, 3, 29, 1, tzinfo=UTC)
SHARES = {"both": 14}
"""How many copies of a kind there are for one of each other: most pairs keep their streak."""

_PEOPLE = """
INSERT INTO connect_user (id, email, password, status, tier, timezone, active_connection_count, is_staff, is_superuser,
                          updated_at)
SELECT uuidv7(), 'streaks-' || uuidv7() || '@maitribe.example', '!', 'active', 'free', 'UTC', 0, false, false, now()
FROM generate_series(1, %s) n RETURNING id
"""
# Pairs in the order of their ids, each dealt one of the models.
_PAIRS = """
CREATE TEMP TABLE dealt AS
SELECT uuidv7() AS connection_id, one.id AS low, other.id AS high, row_number() OVER () AS n
FROM unnest(%(ids)s::uuid[]) one(id) JOIN unnest(%(ids)s::uuid[]) other(id) ON one.id < other.id LIMIT %(streaks)s
"""
_CONNECTIONS = """
INSERT INTO matching_connection (id, user_low_id, user_high_id, origin, server, status, reason, updated_at)
SELECT connection_id, low, high, 'discovery', 'partner', 'active', '', now() FROM dealt
"""
_COPIES = """
CREATE TABLE bench_streaks AS
SELECT copy.*, m.id AS model
FROM dealt d
JOIN unnest(%(dealt)s::uuid[]) WITH ORDINALITY choice(id, n) ON choice.n = 1 + d.n %% %(kinds)s
JOIN streaks_streak m ON m.id = choice.id
CROSS JOIN LATERAL jsonb_populate_record(m, jsonb_build_object(
  'id', uuidv7(), 'connection_id', d.connection_id, 'user_low_id', d.low, 'user_high_id', d.high,
  'breaker_id', CASE m.breaker_id WHEN m.user_low_id THEN d.low WHEN m.user_high_id THEN d.high END)) copy
ORDER BY random()
"""
_TABLES = "streaks_streak, safety_auditlog"
# The same rows, indexes and columns that move in a rollover; no trigger, no join, no decision.
_BARE = """
UPDATE streaks_streak SET status = status, day = day, due_at = due_at + interval '1 day', current_day = current_day,
  breaker_id = breaker_id, broken_on = broken_on, broken_count = broken_count, closed_on = closed_on,
  earlier = earlier, notice_due_at = notice_due_at
WHERE due_at <= %s
"""
_CAME_OF = """
SELECT b.model, s.status, s.current_day, s.cycle, CASE s.breaker_id WHEN s.user_low_id THEN 'low' WHEN s.user_high_id
       THEN 'high' END, CASE WHEN s.due_at IS NOT NULL THEN s.day END, count(*)
FROM streaks_streak s JOIN bench_streaks b ON b.id = s.id GROUP BY 1, 2, 3, 4, 5, 6
"""
# Streaks that stand elsewhere than before, and no move there is on record.
_UNRECORDED = """
SELECT count(*) FROM streaks_streak s JOIN bench_streaks b ON b.id = s.id AND b.status <> s.status
LEFT JOIN safety_auditlog a ON a.entity_id = s.id AND a.entity = 'streaks_streak' AND a.action = 'transition'
  AND a.data->>'to' = s.status
WHERE a.id IS NULL
"""


def run() -> list[dict[str, Any]]:
    stack.prepare()
    models = _populate()
    ours, bare, single, wrong = [], [], [], 0
    for _ in range(REPEATS):
        _lay_out()
        bare.append(_timed(_update_bare))
        _lay_out()
        single.append(ONE_BY_ONE / _timed(_one_by_one))
        ours.append(_timed(_roll_over))
        wrong += _differences(models) + _off_the_record()
    _tidy_up()
    guard = f"equals the oracle for every copy of {len(models)} streaks, each move on record ({wrong} do not)"
    common = {"guard": guard, "guard_ok": wrong == 0, "n": STREAKS, "peak_rss_mb": stack.own_peak_rss_mb()}
    rates = [STREAKS / seconds for seconds in ours]
    return [
        figure("streaks.rollover", ours=ours, reference=bare, at_most=2.0, unit="s", **common),
        figure("streaks.rollover one by one", ours=rates, reference=single, at_least=15.0, unit="streaks/s", **common),
    ]


def _populate() -> dict[Any, Any]:
    """A million rows set aside, and the story of each model by its id."""
    from tests.streaks import kinds

    _clear()
    models = {made.streak.id: made for made in kinds.everybody(ZONES, LAST)}
    dealt = [str(key) for key, made in models.items() for _ in range(SHARES.get(made.kind.name, 1))]
    due = _due(dealt)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [ceil(sqrt(2 * STREAKS)) + 2])
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(_PAIRS, {"ids": people, "streaks": STREAKS})
        cursor.execute("ANALYZE dealt")
        cursor.execute("ALTER TABLE matching_connection DISABLE TRIGGER USER")
        cursor.execute(_CONNECTIONS)
        cursor.execute("ALTER TABLE matching_connection ENABLE TRIGGER USER")
        cursor.execute("DROP TABLE IF EXISTS bench_streaks")
        cursor.execute(_COPIES, {"dealt": due, "kinds": len(due)})
    return models


def _tidy_up() -> None:
    _clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM matching_connection USING connect_user u "
            "WHERE user_low_id = u.id AND u.email LIKE 'streaks-%%@maitribe.example'",
            [],
        )
        cursor.execute("DELETE FROM connect_user WHERE email LIKE 'streaks-%%@maitribe.example'", [])
        cursor.execute("DROP TABLE bench_streaks")


def _due(ids: list[str]) -> list[str]:
    """Those that the rollover has to look at; what was reset before waits for its people."""
    from streaks.models import Streak

    found = {str(key) for key in Streak.objects.due(NOW).values_list("id", flat=True)}
    return [key for key in ids if key in found]


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_TABLES} CASCADE")


def _lay_out() -> None:
    """The table as it was before the first rollover, freshly vacuumed."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_TABLES} CASCADE; ALTER TABLE streaks_streak DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'streaks_streak'::regclass AND attnum > 0 AND NOT attisdropped"
        )
        columns = cursor.fetchone()[0]
        cursor.execute(f"INSERT INTO streaks_streak ({columns}) SELECT {columns} FROM bench_streaks")
        cursor.execute("ALTER TABLE streaks_streak ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE streaks_streak")


def _roll_over() -> None:
    from streaks.services import rollover

    moved = rollover.roll_over(now=NOW)
    if moved != STREAKS:
        raise RuntimeError(f"{moved} of {STREAKS} streaks were moved")


def _update_bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE streaks_streak DISABLE TRIGGER USER")
        cursor.execute(_BARE, [NOW])
        cursor.execute("ALTER TABLE streaks_streak ENABLE TRIGGER USER")


def _one_by_one() -> None:
    """What a worker does that looks at each streak by itself."""
    from safety.roles import as_service
    from streaks.models import Streak
    from streaks.services import moves

    with transaction.atomic(), as_service():
        due = Streak.objects.due(NOW).order_by("id")
        for streak in due.select_for_update(no_key=True)[:ONE_BY_ONE]:
            moves.catch_up(streak, NOW)
        transaction.set_rollback(True)


def _differences(models: dict[Any, Any]) -> int:
    """How many copies did not become what the oracle says of their model."""
    from tests.streaks.kinds import expected

    with connection.cursor() as cursor:
        cursor.execute(_CAME_OF)
        rows = cursor.fetchall()
    return sum(count for model, *became, count in rows if tuple(became) != expected(models[model].story, NOW))


def _off_the_record() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNRECORDED)
        return int(cursor.fetchone()[0])


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
