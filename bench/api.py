"""Reads over HTTP a second, against bare views that do the queries ours were seen to do."""

import asyncio
import json
import time
from typing import Any

from bench import stack
from bench.report import figure
from bench.stack import BARE, HOST, LOGS, OURS, Server, serving

REPEATS = 5
CONNECTIONS = 8
REQUESTS = 40
"""What each connection asks in one repeat, the next when the last is answered."""
CONVERSATIONS = 10
STREAKS = 4
"""As many as a person may have."""
PATIENCE = 60.0
PATHS = {"/connect/status": "status", "/api/conversations": "conversations", "/api/streaks": "streaks"}


def run() -> list[dict[str, Any]]:
    stack.prepare()
    person = _reader()
    queries = LOGS / "reads.json"
    LOGS.mkdir(parents=True, exist_ok=True)
    queries.write_text(json.dumps({path: seen_queries(path, person.token) for path in PATHS}))
    with serving(OURS) as ours, serving(BARE, BENCH_READS=str(queries)) as bare:
        return [asyncio.run(_compare(path, name, ours, bare, person.token)) for path, name in PATHS.items()]


def _reader() -> Any:
    """Somebody in a blind chat, with more conversations besides, and streaks."""
    from bench.people import activate, blind_chat, more_chats, people, streaks

    me, *others = people(CONVERSATIONS + 1)
    activate(me)
    blind_chat(me, others[0])
    more_chats(me, others[1:])
    streaks(me, others[-STREAKS:])
    return me


def seen_queries(path: str, token: str) -> list[str]:
    """What the view reads, without what frames it: transaction and role the reference has of its own."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIClient

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    client.get(path)  # what is looked up once a while is none of the queries of a call
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    reads = [query["sql"].strip() for query in captured.captured_queries]
    return [sql for sql in reads if sql.startswith("SELECT") and "set_config" not in sql]


async def _compare(path: str, name: str, ours: Server, bare: Server, token: str) -> dict[str, Any]:
    rates, theirs = [], []
    first = [await burst(server, path, token, 5) for server in (ours, bare)]
    for _ in range(REPEATS):
        rates.append((await burst(ours, path, token, REQUESTS))[0])
        theirs.append((await burst(bare, path, token, REQUESTS))[0])
    same = json.loads(first[0][1]) == json.loads(first[1][1])
    return figure(
        f"api.reads {name}",
        ours=rates,
        reference=theirs,
        at_least=0.7,
        guard="both answer 200 with the same JSON",
        guard_ok=same,
        unit="requests/s",
        n=REPEATS * CONNECTIONS * REQUESTS,
        peak_rss_mb=ours.peak_rss_mb,
    )


async def burst(server: Server, path: str, token: str, requests: int) -> tuple[float, bytes]:
    """Requests a second, and one body. Raises RuntimeError for anything but a 200."""
    asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    links = [await asyncio.open_connection(HOST, server.port) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        bodies = await asyncio.gather(*(_ask(*link, asked, requests) for link in links))
    taken = time.perf_counter() - began
    for _, writer in links:
        writer.close()
    return CONNECTIONS * requests / taken, bodies[0]


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes, requests: int) -> bytes:
    body = b""
    for _ in range(requests):
        writer.write(asked)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"answered {head[:40]!r}")
        body = await _body(reader, head)
    return body


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """Of known length, or in chunks."""
    if b"content-length:" in head:
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return await reader.readexactly(length)
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body
