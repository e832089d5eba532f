"""Discovery in a pool of 100,000 people: a person's cards over HTTP, and what new cards cost.

The cards are read against a bare view that does the queries ours was seen to do; how many these are must not depend on
the size of the pool. BENCH_PEOPLE sets another size, for trying.
"""

import asyncio
import json
import os
from datetime import timedelta
from typing import Any

from bench import stack
from bench.api import REPEATS, REQUESTS, burst, seen_queries
from bench.report import figure
from bench.stack import BARE, LOGS, OURS, Server, serving

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "100000"))
SEED = 5
PATH = "/api/discovery/partner/batch"


def run() -> list[dict[str, Any]]:
    stack.prepare()
    _populate()
    readers = [_reader(number) for number in range(2)]
    queries = [seen_queries(PATH, token) for token in readers]
    token, read = readers[0], queries[0]
    file = LOGS / "reads.json"
    LOGS.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({PATH: read}))
    with serving(OURS) as ours, serving(BARE, BENCH_READS=str(file)) as bare:
        return [asyncio.run(_compare(ours, bare, token, {len(each) for each in queries}))]


def _populate() -> None:
    from django.utils import timezone

    from matching.services import simulations

    simulations.remove()
    simulations.make_for_discovery(people=PEOPLE, seed=SEED, keep=True, now=timezone.now())


def _reader(number: int) -> str:
    """The token of somebody of the pool who has asked for cards, and reads them in English."""
    from django.db import transaction
    from django.utils import timezone

    from connect import tokens
    from connect.models import DeviceSession
    from matching.enums import Server
    from matching.models import DiscoveryEntry
    from matching.services import batches

    now = timezone.now()
    looking = DiscoveryEntry.objects.filter(visible=True, servers__contains=[Server.PARTNER], x__isnull=False)
    english = looking.filter(languages__contains=["en"]).exclude(languages__contains=["de"])
    person = english.order_by("user_id")[number].user_id
    session = DeviceSession.objects.create(user_id=person, last_used_at=now, expires_at=now + timedelta(days=1))
    with transaction.atomic():
        batches.refresh(by=person, server=Server.PARTNER, now=now)
    return tokens.access_token(user_id=person, session_id=session.id, now=now)


async def _compare(ours: Server, bare: Server, token: str, counts: set[int]) -> dict[str, Any]:
    rates, theirs = [], []
    first = [await burst(server, PATH, token, 5) for server in (ours, bare)]
    for _ in range(REPEATS):
        rates.append((await burst(ours, PATH, token, REQUESTS))[0])
        theirs.append((await burst(bare, PATH, token, REQUESTS))[0])
    same = json.loads(first[0][1]) == json.loads(first[1][1])
    cards = len(json.loads(first[0][1])["cards"])
    return figure(
        "discovery.batch",
        ours=rates,
        reference=theirs,
        at_least=0.7,
        guard=f"both answer the same {cards} cards, by {'/'.join(map(str, sorted(counts)))} queries whoever asks",
        guard_ok=same and cards == 5 and len(counts) == 1,
        unit="requests/s",
        n=PEOPLE,
        peak_rss_mb=ours.peak_rss_mb,
    )
