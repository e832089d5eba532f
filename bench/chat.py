"""Messages a second, their encryption, and what an idle socket holds."""

import asyncio
import itertools
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from websockets.asyncio.client import ClientConnection, connect

from bench import stack
from bench.report import figure
from bench.stack import BARE, OURS, Server, serving

REPEATS = 5
CONVERSATIONS = 8
MESSAGES = 40
"""What each of the two people of each conversation says in one repeat, the next when the last is acknowledged."""
IDLE = 300
SEALED = 2000
PATIENCE = 60.0


def run() -> list[dict[str, Any]]:
    stack.prepare()
    return [send(), encryption(), idle()]


class Talker:
    """One open socket; `said` holds what was acknowledged, as (seq, text)."""

    def __init__(self, name: str, conversation: UUID) -> None:
        self.name, self.conversation = name, str(conversation)
        self.said: list[tuple[int, str]] = []
        self.owed = 0
        self.all_heard = asyncio.Event()
        self._refs = itertools.count(1)
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def open(self, url: str, origin: str, token: str) -> "Talker":
        """Without compression, which would cost both sides the same and hide what differs."""
        offered: Any = ["connect.v1", f"bearer.{token}"]
        self._socket: ClientConnection = await connect(
            url,
            origin=origin,
            subprotocols=offered,
            compression=None,
            ping_interval=None,  # type: ignore[arg-type]
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def ask(self, type: str, **data: Any) -> dict[str, Any]:
        """One frame and the data of its ack."""
        ref = str(next(self._refs))
        answer = self._answers[ref] = asyncio.get_running_loop().create_future()
        await self._socket.send(orjson.dumps({"type": type, "ref": ref, "data": data}).decode())
        frame = await answer
        if frame["type"] != "ack":
            raise RuntimeError(f"{type} was answered {frame}")
        return dict(frame["data"])

    async def say(self, number: int) -> None:
        for _ in range(number):
            text = f"{self.name} {len(self.said):06d} ".ljust(200, ".")
            ack = await self.ask("chat.send", conversation_id=self.conversation, client_id=text[:64], text=text)
            self.said.append((ack["seq"], text))

    async def close(self) -> None:
        await self._socket.close()
        self._reader.cancel()

    async def _read(self) -> None:
        async for raw in self._socket:
            frame = orjson.loads(raw)
            if frame["type"] == "chat.message":
                self.owed -= 1
                if self.owed == 0:
                    self.all_heard.set()
            elif frame.get("ref") in self._answers:
                self._answers.pop(frame["ref"]).set_result(frame)


def send() -> dict[str, Any]:
    """Both sides of every conversation talk at once; a repeat ends when all is acknowledged and delivered."""
    from bench.people import blind_chat, people

    folk = people(2 * CONVERSATIONS)
    pairs = list(zip(folk[::2], folk[1::2], strict=True))
    rooms = {blind_chat(*pair): pair for pair in pairs}
    _make_bare_table()
    with serving(OURS) as ours, serving(BARE) as bare:
        rates, theirs, complaint = asyncio.run(_talk(ours, bare, rooms))
        peak = ours.peak_rss_mb
    total = REPEATS * 2 * CONVERSATIONS * MESSAGES
    return figure(
        "chat.send",
        ours=rates,
        reference=theirs,
        at_least=0.5,
        guard=complaint or "none lost, none twice, in order",
        guard_ok=not complaint,
        unit="messages/s",
        n=total,
        peak_rss_mb=peak,
    )


async def _talk(ours: Server, bare: Server, rooms: dict[UUID, Any]) -> tuple[list[float], list[float], str]:
    mine = await _enter(ours, rooms, "/ws/")
    others = await _enter(bare, rooms, "/ws/{room}")
    await _burst(mine, 5)
    await _burst(others, 5)
    rates, theirs = [], []
    for _ in range(REPEATS):
        rates.append(await _burst(mine, MESSAGES))
        theirs.append(await _burst(others, MESSAGES))
    complaint = await _complaint(mine)
    await asyncio.gather(*(talker.close() for talker in (*mine, *others)))
    return rates, theirs, complaint


async def _enter(server: Server, rooms: dict[UUID, Any], path: str) -> list[Talker]:
    url = server.origin.replace("http", "ws", 1) + path
    return [
        await Talker(f"{side}", room).open(url.format(room=room.hex), server.origin, person.token)
        for room, pair in rooms.items()
        for side, person in zip("ab", pair, strict=True)
    ]


async def _burst(talkers: list[Talker], number: int) -> float:
    """Messages a second. Raises TimeoutError when an ack or an event does not come."""
    for talker in talkers:
        talker.owed = 2 * number
        talker.all_heard.clear()
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(talker.say(number) for talker in talkers))
        await asyncio.gather(*(talker.all_heard.wait() for talker in talkers))
    return number * len(talkers) / (time.perf_counter() - began)


async def _complaint(talkers: list[Talker]) -> str:
    """What is wrong with what `chat.sync` gives back; nothing, if all is there once and in order."""
    said: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for talker in talkers:
        said[talker.conversation] += talker.said
    for talker in talkers:
        events = await _sync(talker)
        messages = [(e["data"]["seq"], e["data"]["text"]) for e in events if e["type"] == "chat.message"]
        if [e["data"]["seq"] for e in events] != list(range(1, len(events) + 1)):
            return "the sequence has a gap"
        if messages != sorted(said[talker.conversation]):
            return "what is stored is not what was acknowledged"
        own = [text for _, text in messages if text.startswith(talker.name)]
        if own != [text for _, text in talker.said]:
            return "a person's words are out of order"
    return ""


async def _sync(talker: Talker) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    more = True
    while more:
        after = events[-1]["data"]["seq"] if events else 0
        page = await talker.ask("chat.sync", conversation_id=talker.conversation, after_seq=after)
        events += page["events"]
        more = page["more"]
    return events


def encryption() -> dict[str, Any]:
    """A message as chat seals and opens it, the key of its conversation unwrapped once for the repeat."""
    from chat.models import Conversation, Message
    from chat.sealing import Box
    from config.db import new_id
    from safety.crypto import new_data_key, wrap

    key, text = new_data_key(), "x" * 200
    box = Box(Conversation(id=new_id(), data_key=wrap(key)))
    message = Message(id=new_id(), sender_id=new_id())
    context = os.urandom(48)

    def sealed_and_opened() -> Any:
        message.content_ciphertext = box.seal(text, message_id=message.id, sender_id=message.sender_id)
        return box.open(message)

    bare, plain = AESGCM(key), text.encode()

    def bare_aesgcm() -> Any:
        nonce = os.urandom(12)
        return bare.decrypt(nonce, bare.encrypt(nonce, plain, context), context)

    pairs = [(_microseconds(sealed_and_opened), _microseconds(bare_aesgcm)) for _ in range(REPEATS)]
    ours, theirs = (list(taken) for taken in zip(*pairs, strict=True))
    right = sealed_and_opened() == text and text.encode() not in bytes(message.content_ciphertext or b"")
    return figure(
        "chat.encryption",
        ours=ours,
        reference=theirs,
        at_most=2.0,
        guard="opens to what was sealed",
        guard_ok=right,
        unit="µs a message",
        n=SEALED,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _microseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    for _ in range(SEALED):
        work()
    return (time.perf_counter() - began) / SEALED * 1e6


def idle() -> dict[str, Any]:
    """Memory of a fresh server before and after so many sockets that say nothing, a socket each person."""
    from bench.people import people

    folk = people(IDLE + 20)
    ours: list[float] = []
    bare: list[float] = []
    open_at_once, peak = True, 0.0
    for _ in range(REPEATS):
        for kind, path, found in ((OURS, "/ws/", ours), (BARE, "/ws/{room}", bare)):
            with serving(kind) as server:
                held, stayed = asyncio.run(_hold(server, path, folk))
                found.append(held / 1024)
                open_at_once &= stayed
                peak = server.peak_rss_mb if kind is OURS else peak
    return figure(
        "chat.idle",
        ours=ours,
        reference=bare,
        at_most=1.3,
        guard="every socket is open at once and answers",
        guard_ok=open_at_once,
        unit="KiB a connection",
        n=IDLE,
        peak_rss_mb=peak,
    )


async def _hold(server: Server, path: str, folk: list[Any]) -> tuple[float, bool]:
    """Bytes a connection, past the first twenty, which pay for what is made once; and whether all stayed."""
    url = server.origin.replace("http", "ws", 1) + path
    sockets = []

    async def enter(people: list[Any]) -> None:
        for person in people:
            talker = Talker("idle", person.id)
            sockets.append(await talker.open(url.format(room=person.id.hex), server.origin, person.token))

    await enter(folk[:20])
    await asyncio.sleep(1)
    before = server.rss
    await enter(folk[20:])
    await asyncio.sleep(1)
    held = (server.rss - before) / (len(folk) - 20)
    stayed = all(talker._socket.close_code is None for talker in sockets)
    await asyncio.gather(*(talker.close() for talker in sockets))
    return held, stayed


def _make_bare_table() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_message")
        cursor.execute(
            "CREATE TABLE bench_message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " conversation uuid NOT NULL, text text NOT NULL)"
        )
        cursor.execute("GRANT INSERT, SELECT ON bench_message TO connect_web")
