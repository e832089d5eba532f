"""What protection costs: calls over HTTP against the same product with its protections taken out.

A read is held by roles and row policies; a write besides by its idempotency key, its limits, the state machine's
trigger and the audit log. The reads' statements are also measured alone, with nothing around them to dilute them.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import UUID

from bench import stack
from bench.api import PATIENCE, _body
from bench.report import figure
from bench.stack import HOST, OURS, Server, serving

UNPROTECTED = ("bench.reference_unprotected:application", "bench.settings_unprotected")
REPEATS = 5
CONNECTIONS = 4
READS, WRITES, WARM = 20, 8, 5
"""Calls of each connection in one burst, and before the first."""
BURSTS = 5
"""A repeat is the sum of so many, ours and the reference's in turn: what else the machine does falls on both."""
CONVERSATIONS = 10
STATEMENTS = 80
LIST = "/api/conversations"
TABLE = "matching_match"


def run() -> list[dict[str, Any]]:
    stack.prepare()
    readers, strangers = _readers()
    with serving(OURS) as ours, serving(UNPROTECTED) as bare:
        return [
            _reads(ours, bare, readers, strangers),
            _statements(readers, ours),
            _writes(ours, bare),
        ]


def _readers() -> tuple[list[Any], list[UUID]]:
    """One person a connection, each with conversations; and what is not theirs."""
    from bench.people import activate, blind_chat, more_chats, people

    readers = people(CONNECTIONS)
    for reader in readers:
        others = people(CONVERSATIONS)
        activate(reader)
        more_chats(reader, others[1:])
        blind_chat(reader, others[0])
    one, other = people(2)
    return readers, [blind_chat(one, other)]


def _repeats(ours: Callable[[], float], reference: Callable[[], float]) -> tuple[list[float], list[float]]:
    """The mean of each repeat's bursts, taken in turn."""
    mine, theirs = [], []
    for _ in range(REPEATS):
        pairs = [(ours(), reference()) for _ in range(BURSTS)]
        mine.append(statistics.mean(first for first, _ in pairs))
        theirs.append(statistics.mean(second for _, second in pairs))
    return mine, theirs


# Calls that read.


def _reads(ours: Server, bare: Server, readers: list[Any], strangers: list[UUID]) -> dict[str, Any]:
    scripts = [[_request("GET", LIST, reader.token)] for reader in readers]
    first = [_talk(server, [script * WARM for script in scripts])[1] for server in (ours, bare)]
    long = [script * READS for script in scripts]
    mine, theirs = _repeats(lambda: _talk(ours, long)[0], lambda: _talk(bare, long)[0])
    same = [json.loads(body) for body in first[0]] == [json.loads(body) for body in first[1]]
    return figure(
        "protection.read",
        ours=mine,
        reference=theirs,
        at_most=1.25,
        guard="the same JSON as without; a query for everything gives a person theirs alone",
        guard_ok=same and _shows_only_ones_own(readers[0].id, strangers),
        unit="ms a call",
        n=REPEATS * BURSTS * CONNECTIONS * READS,
        peak_rss_mb=ours.peak_rss_mb,
    )


def _shows_only_ones_own(person: UUID, strangers: list[UUID]) -> bool:
    """Every conversation is asked for; the owner of the tables gets what strangers have, and the person theirs."""
    from django.db import transaction

    from chat.models import Conversation
    from safety.roles import acting_as

    everything = set(Conversation.objects.values_list("id", flat=True))
    with transaction.atomic(), acting_as(person):
        seen = set(Conversation.objects.values_list("id", flat=True))
    return set(strangers) <= everything and seen == set(Conversation.objects.of(person).values_list("id", flat=True))


# The statement of a read alone.


def _statements(readers: list[Any], ours: Server) -> dict[str, Any]:
    person = readers[0].id
    found = _newest(person)
    mine, theirs = _repeats(lambda: _asked(person, protected=True), lambda: _asked(person, protected=False))
    return figure(
        "protection.policies",
        ours=mine,
        reference=theirs,
        at_most=1.25,
        guard="the list has every conversation of the person",
        guard_ok=len(found) == CONVERSATIONS,
        unit="ms a statement",
        n=REPEATS * BURSTS * STATEMENTS,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _asked(person: UUID, *, protected: bool) -> float:
    """Milliseconds for the list of a person's conversations, inside one transaction."""
    from django.db import transaction

    from safety.roles import acting_as

    with transaction.atomic(), acting_as(person) if protected else nullcontext():
        _newest(person)
        began = time.perf_counter()
        for _ in range(STATEMENTS):
            _newest(person)
        return (time.perf_counter() - began) * 1000 / STATEMENTS


def _newest(person: UUID) -> list[Any]:
    from chat.models import Conversation

    return list(Conversation.objects.of(person).order_by("-last_activity_at", "-id")[:50])


# Calls that write.


def _writes(ours: Server, bare: Server) -> dict[str, Any]:
    """Proposals accepted, each once: a move of a state machine under locks, in one transaction."""
    supply = _Supply(2 * (REPEATS * BURSTS * WRITES + WARM) + 1)

    def protected(number: int = WRITES) -> float:
        return _talk(ours, supply.take(number, keyed=True))[0]

    def unprotected(number: int = WRITES) -> float:
        with _triggers_off():
            return _talk(bare, supply.take(number, keyed=False))[0]

    protected(WARM), unprotected(WARM)
    mine, theirs = _repeats(protected, unprotected)
    return figure(
        "protection.write",
        ours=mine,
        reference=theirs,
        at_most=1.5,
        guard="the same key again: the same reply, one effect, on record once",
        guard_ok=_has_one_effect(ours, supply),
        unit="ms a call",
        n=REPEATS * BURSTS * CONNECTIONS * WRITES,
        peak_rss_mb=ours.peak_rss_mb,
    )


class _Supply:
    """Open proposals, as many as are asked for, a person a connection."""

    def __init__(self, each: int) -> None:
        from bench.people import people

        self.people = people(CONNECTIONS)
        self.left = {person: _proposals(person.id, each) for person in self.people}

    def take(self, number: int, *, keyed: bool) -> list[list[bytes]]:
        """For each connection so many requests that accept a proposal each."""
        return [
            [_accept(person.token, self.left[person].pop(), keyed) for _ in range(number)] for person in self.people
        ]


def _proposals(person: UUID, number: int) -> list[UUID]:
    from datetime import timedelta

    from django.utils import timezone

    from bench.people import people
    from matching.models import Match

    now = timezone.now()
    pairs = [sorted((person, other.id)) for other in people(number)]
    rows = [
        Match(
            user_a_id=low,
            user_b_id=high,
            total_score=80,
            engine_version="connect-v1",
            weight_profile="connect",
            expires_at=now + timedelta(hours=72),
        )
        for low, high in pairs
    ]
    return [row.id for row in Match.objects.bulk_create(rows)]


@contextmanager
def _triggers_off() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def _has_one_effect(ours: Server, supply: _Supply) -> bool:
    from matching.models import Match
    from safety.models import AuditLog

    person = supply.people[0]
    match = supply.left[person].pop()
    asked = _accept(person.token, match, True)
    _, (first,) = _talk(ours, [[asked]])
    _, (second,) = _talk(ours, [[asked]])
    moves = AuditLog.objects.filter(entity=TABLE, entity_id=match, action="transition", data__from="proposed")
    accepted = Match.objects.get(id=match).status in {"accepted_a", "accepted_b"}
    return first == second and accepted and moves.count() == 1


# HTTP.


def _accept(token: str, match: UUID, keyed: bool) -> bytes:
    body = json.dumps({"matchId": str(match), "action": "accept"}).encode()
    return _request("POST", "/connect/respond", token, body, key=match.hex if keyed else "")


def _request(method: str, path: str, token: str, body: bytes = b"", key: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {token}"]
    lines += [f"Idempotency-Key: {key}"] if key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def _talk(server: Server, scripts: list[list[bytes]]) -> tuple[float, list[bytes]]:
    """Milliseconds a call, each script on a connection of its own at the same time; and the last body of each."""
    return asyncio.run(_talk_at_once(server, scripts))


async def _talk_at_once(server: Server, scripts: list[list[bytes]]) -> tuple[float, list[bytes]]:
    links = [await asyncio.open_connection(HOST, server.port) for _ in scripts]
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        bodies = await asyncio.gather(*(_say(*link, script) for link, script in zip(links, scripts, strict=True)))
    taken = time.perf_counter() - began
    for _, writer in links:
        writer.close()
    return taken * 1000 / sum(map(len, scripts)), bodies


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, script: list[bytes]) -> bytes:
    """The last body. Raises RuntimeError for anything but a 200."""
    body = b""
    for asked in script:
        writer.write(asked)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await _body(reader, head)
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"answered {head[:40]!r} {body[:200]!r}")
    return body
