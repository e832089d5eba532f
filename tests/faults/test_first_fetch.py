"""Events race a first fetch: the snapshot and what was told since equal a refetch (fault 2).

Somebody comes in over a real socket while the other speaks, reads, takes back and offers to reveal. What is done, and
when the newcomer opens and fetches, the seed draws. MORE=20 tries 1,000 seeds, SEED=n one of them.
"""

import asyncio
import os
import random
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
import pytest
from django.db import connections

from tests.chat.people import make_token, make_two
from tests.faults.device import DURABLE, Device
from tests.faults.live import UNHURRIED, stack
from tests.lengths import MORE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

SEEDS = range(12 if MORE == 1 else 50 * MORE)
if "SEED" in os.environ:
    SEEDS = [int(os.environ["SEED"])]
AT_ONCE = 6
PAGE = 3
"""So short that things happen between one page and the next."""


@dataclass(frozen=True)
class Line:
    text: str | None
    mine: bool
    retracted: bool
    read_at: datetime | None


@dataclass
class View:
    """What a client shows of a conversation: its lines by number, and where the two stand."""

    lines: dict[int, Line] = field(default_factory=dict)
    state: str = ""
    reveal_state: str = "none"
    stands_at: int = field(default=0, compare=False)

    def told(self, frames):
        """The same after these frames, in whatever order they came; what is known already changes nothing."""
        view = View(dict(self.lines), self.state, self.reveal_state, self.stands_at)
        for frame in sorted((f for f in frames if f["type"] in DURABLE), key=lambda f: f["data"]["seq"]):
            view._happened(frame["type"], frame["data"])
        for frame in sorted((f for f in frames if f["type"] == "chat.read"), key=lambda f: f["data"]["seq"]):
            view._was_read(frame["data"])
        return view

    def _happened(self, type, data):
        if type == "chat.message":
            self.lines.setdefault(data["seq"], line(data, data["from"] == "me"))
        elif type == "chat.retracted":
            taken_back = self.lines[data["message_seq"]]
            self.lines[data["message_seq"]] = replace(taken_back, text=None, retracted=True, read_at=None)
        elif data["seq"] > self.stands_at:
            name = "state" if type == "chat.state" else "reveal_state"
            setattr(self, name, data[name])

    def _was_read(self, data):
        for seq, one in self.lines.items():
            theirs = one.mine == (data["from"] == "them")
            if seq <= data["seq"] and theirs and not one.retracted and one.read_at is None:
                self.lines[seq] = replace(one, read_at=datetime.fromisoformat(data["read_at"]))


def line(data, mine):
    read_at = data["read_at"] and not data["retracted"]
    return Line(data["text"], mine, data["retracted"], datetime.fromisoformat(data["read_at"]) if read_at else None)


class Newcomer:
    """Opens a socket, then fetches: over the socket or over HTTP."""

    def __init__(self, http, token, two):
        self.device, self.http = Device(token, two.conversation.id), http
        self.path = f"/api/conversations/{two.conversation.id}"
        self.as_me = {"headers": {"Authorization": f"Bearer {token}"}}

    async def over_socket(self):
        return View().told(await self.device.fetch())

    async def over_http(self):
        stands = (await self.http.get(self.path, **self.as_me)).json()
        lines, after, full = {}, 0, True
        while full:
            asked = {"after_seq": after, "limit": PAGE}
            page = (await self.http.get(f"{self.path}/messages", params=asked, **self.as_me)).json()
            lines |= {said["seq"]: line(said, said["from_me"]) for said in page["messages"]}
            after, full = page["last_seq"], len(page["messages"]) == PAGE
        return View(lines, stands["state"], stands["reveal_state"], stands["last_seq"])


class Other:
    """The one who is there already, and does what is drawn."""

    def __init__(self, http, token, two, drawn):
        self.device, self.http, self.drawn = Device(token, two.conversation.id), http, drawn
        self.path = f"/api/conversations/{two.conversation.id}/messages"
        self.as_me = {"headers": {"Authorization": f"Bearer {token}"}}
        self.kept = []

    async def speak(self):
        await self.device.say(f"{len(self.device.said)}", f"word {len(self.device.said)}")
        self.kept.append(list(self.device.said.values())[-1])

    async def take_back(self):
        if self.kept:
            seq = self.kept.pop(self.drawn.randrange(len(self.kept)))
            assert (await self.http.delete(f"{self.path}/{seq}", **self.as_me)).status_code == 200

    async def read(self):
        await self.device.ask("chat.read", conversation_id=self.device.conversation, seq=self.drawn.randint(1, 5))

    async def offer(self):
        await self.device.ask("reveal.consent", conversation_id=self.device.conversation)

    async def act(self, times):
        for _ in range(times):
            await self.drawn.choices([self.speak, self.take_back, self.read, self.offer], [6, 2, 2, 1])[0]()


async def race(seed, origin, http, two, tokens):
    """What the newcomer knows in the end, and a refetch."""
    drawn = random.Random(seed)
    new, other = Newcomer(http, tokens[two.a], two), Other(http, tokens[two.b], two, random.Random(f"{seed} other"))
    await other.device.open(origin)
    await new.device.open(origin)
    for number in range(5):  # so that there is something to read
        await new.device.say(f"first {number}", "Hello")
    await new.device.close()
    new.device = Device(tokens[two.a], two.conversation.id)
    await other.act(drawn.randint(0, 6))
    acting = asyncio.create_task(other.act(drawn.randint(2, 10)))
    await asyncio.sleep(drawn.random() * 0.04)
    await new.device.open(origin)
    await asyncio.sleep(drawn.random() * 0.02)
    snapshot = await drawn.choice([new.over_socket, new.over_http])()
    await acting
    again, over_http = await new.over_socket(), await new.over_http()
    assert again == over_http, f"SEED={seed}"
    await told(new.device, lambda: snapshot.told(new.device.told) == again)
    await new.device.close()
    await other.device.close()
    return snapshot.told(new.device.told), again


async def told(device, enough):
    """Give what was published the time to arrive."""
    for _ in range(500):
        if enough():
            return
        await asyncio.sleep(0.01)


async def race_all(origin, rooms, tokens):
    free = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=origin, timeout=60) as http:

        async def one(seed, two):
            async with free:
                return await race(seed, origin, http, two, tokens)

        return await asyncio.gather(*(one(seed, two) for seed, two in rooms.items()))


def test_the_first_fetch_and_what_was_told_since_equal_a_refetch(tmp_path):
    rooms = {seed: make_two() for seed in SEEDS}
    tokens = {person: make_token(person) for two in rooms.values() for person in (two.a, two.b)}
    connections.close_all()
    with stack(tmp_path, UNHURRIED) as live:
        found = asyncio.run(race_all(live.server.origin, rooms, tokens))
    wrong = {seed: pair for seed, pair in zip(rooms, found, strict=True) if pair[0] != pair[1]}
    assert wrong == {}
