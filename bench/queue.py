"""Pairing ten thousand who wait, by as many workers as commit single rows for the reference.

`WAITING` in the environment makes it smaller, to try it. What is measured goes from rows to committed pairs: who waits
is read, scored and chosen among, and each pair is stored with its explanation, both entries, its conversation with key
and gates, and the audit of all of these; its two people are told.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench import stack
from bench.reference import commits
from bench.report import figure

WAITING = int(os.environ.get("WAITING", "10000"))
FRIENDS = 0.6
"""Share of an invented population, a little less than those who look for friends."""

CLIENTS = 2
COMMITS = 4_000
REPEATS = 5

_ENTER = """
INSERT INTO matching_queueentry (id, user_id, status, enqueued_at, waiting_since, region_key, queue_reason, seen_at)
SELECT uuidv7(), id, 'active', now(), now() - random() * interval '9 minutes', '', '', now()
FROM unnest(%s::uuid[]) AS person(id)
"""
# A table of its own: that of the queue has triggers and indexes, which a bare update has not.
_BARE_TABLE = """
DROP TABLE IF EXISTS bench_entry;
CREATE TABLE bench_entry AS SELECT id, seen_at FROM matching_queueentry;
ALTER TABLE bench_entry ADD PRIMARY KEY (id)
"""
_ONE_ROW = "UPDATE bench_entry SET seen_at = now() WHERE id = %s"
_SEATS = """
SELECT count(*), count(DISTINCT person), count(DISTINCT id)
FROM (SELECT id, user_a_id AS person FROM matching_match UNION ALL SELECT id, user_b_id FROM matching_match) seats
"""
_LEFT_WAITING = """
SELECT count(*) FROM matching_queueentry e JOIN matching_match m ON e.user_id IN (m.user_a_id, m.user_b_id)
WHERE e.status = 'active'
"""


def run() -> list[dict[str, Any]]:
    from config.celery import settle

    stack.prepare()
    people = _populate()
    settle()
    ours, reference, pairs, twice = [], [], [], 0
    for _ in range(REPEATS):
        _lay_out(people)
        reference.append(_commits_a_second())
        _lay_out(people)
        seconds = _pair_all()
        made, wrong = _made()
        ours.append(made / seconds)
        pairs.append(made)
        twice += wrong
    _tidy_up()
    return [
        figure(
            "queue.pairing",
            ours=ours,
            reference=reference,
            at_least=5.0,
            guard=f"nobody in two pairs ({twice} are); {min(pairs)} pairs or more of {len(people)} people",
            guard_ok=twice == 0 and min(pairs) > 0,
            unit="pairs/s",
            n=len(people),
            peak_rss_mb=stack.own_peak_rss_mb(),
        )
    ]


def _populate() -> list[Any]:
    """As many people as wait, who all may; long enough here not to be newcomers."""
    from matching.services import queue_gate, simulations
    from safety.roles import as_service

    simulations.remove()
    simulations.make(people=int(WAITING / FRIENDS), seed=1, keep=True, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE connect_user SET created_at = created_at - interval '60 days'")
        cursor.execute("ANALYZE")
    with transaction.atomic(), as_service():
        invented = set(simulations.simulated().values_list("id", flat=True))
        allowed = queue_gate.allowed(timezone.now()).order_by("id").values_list("id", flat=True)
        return [str(key) for key in allowed if key in invented][:WAITING]


def _lay_out(people: list[Any]) -> None:
    """Everybody waits, and nobody has met anybody."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_queueentry, matching_match, safety_auditlog CASCADE")
        cursor.execute(_ENTER, [people])
        cursor.execute("VACUUM ANALYZE matching_queueentry")


def _commits_a_second() -> float:
    with connection.cursor() as cursor:
        cursor.execute(_BARE_TABLE)
        cursor.execute("VACUUM ANALYZE bench_entry")
        cursor.execute("SELECT id FROM bench_entry")
        ids = [row[0] for row in cursor.fetchall()]
    login = connection.get_connection_params()
    login = {name: login[name] for name in ("dbname", "user", "password", "host", "port") if name in login}
    began = time.perf_counter()
    commits(CLIENTS, COMMITS, _ONE_ROW, ids, **login)
    return COMMITS / (time.perf_counter() - began)


def _pair_all() -> float:
    """Sweeps of all workers at once, until nobody is left who can be paired."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: _work(), range(CLIENTS)))
    return time.perf_counter() - began


def _work() -> None:
    from matching.services import pairing

    try:
        while pairing.sweep(now=timezone.now()):
            pass
    finally:
        connection.close()


def _made() -> tuple[int, int]:
    """How many pairs there are, and how many people are in two or wait in spite of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_SEATS)
        seats, people, pairs = cursor.fetchone()
        cursor.execute(_LEFT_WAITING)
        return int(pairs), int(seats - people + cursor.fetchone()[0])


def _tidy_up() -> None:
    from matching.services import simulations

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_queueentry, matching_match CASCADE; DROP TABLE IF EXISTS bench_entry")
    simulations.remove()
