"""A device that does what docs/realtime.md asks of a client, in one conversation over a real socket."""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

DURABLE = {"chat.message", "chat.retracted", "chat.state", "reveal.updated"}
FLIGHT = 8
"""How many messages a device says without waiting for an answer."""
PATIENCE = 60.0

Frame = dict[str, Any]


class Gone(Exception):
    """The server is not there, or not there any more."""


class Refused(Exception):
    """A frame was answered with an error; its code."""


class Device:
    """`events` are the durable ones by their seq, `said` what was acknowledged: client_id to seq.

    While `reading` is cleared it takes nothing from its socket.
    """

    def __init__(self, token: str, conversation: UUID) -> None:
        self.token, self.conversation = token, str(conversation)
        self.events: dict[int, Frame] = {}
        self.told: list[Frame] = []
        self.said: dict[str, int] = {}
        self.reading = asyncio.Event()
        self.reading.set()
        self._refs = itertools.count()

    async def open(self, origin: str, **options: Any) -> "Device":
        """Raises Gone."""
        offered: Any = ["connect.v1", f"bearer.{self.token}"]
        url = origin.replace("http", "ws", 1) + "/ws/"
        try:
            self._socket: ClientConnection = await connect(
                url,
                origin=origin,
                subprotocols=offered,
                compression=None,
                **options,  # type: ignore[arg-type]
            )
        except (OSError, WebSocketException) as exc:
            raise Gone from exc
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._reader = asyncio.create_task(self._read(self._socket, self._answers))
        return self

    async def enter(self, origin: str, **options: Any) -> "Device":
        """Open, and fetch what there is."""
        await self.open(origin, **options)
        await self.catch_up()
        return self

    async def ask(self, type: str, **data: Any) -> Any:
        """The data of the ack. Raises Gone, Refused."""
        ref, answer = str(next(self._refs)), asyncio.get_running_loop().create_future()
        self._answers[ref] = answer
        async with asyncio.timeout(PATIENCE):
            try:
                await self._socket.send(orjson.dumps({"type": type, "ref": ref, "data": data}).decode())
            except ConnectionClosed as exc:
                raise Gone from exc
            frame = await answer
        if frame["type"] != "ack":
            raise Refused(frame["data"]["code"])
        return frame["data"]

    async def say(self, client_id: str, text: str) -> None:
        receipt = await self.ask("chat.send", conversation_id=self.conversation, client_id=client_id, text=text)
        assert self.said.setdefault(client_id, receipt["seq"]) == receipt["seq"]

    async def say_all(self, texts: dict[str, str], come_back: Callable[[], Iterable[str]]) -> None:
        """Say these in their order, by client_id; when the server goes away, go on at one that is there."""
        while left := [client_id for client_id in texts if client_id not in self.said]:
            together = [self.say(client_id, texts[client_id]) for client_id in left[:FLIGHT]]
            for outcome in await asyncio.gather(*together, return_exceptions=True):
                if isinstance(outcome, BaseException) and not isinstance(outcome, Gone):
                    raise outcome
            if self._reader.done():
                await self.return_to(come_back)

    async def return_to(self, addresses: Callable[[], Iterable[str]]) -> None:
        """Connect anew, to whichever server is there, and fetch what was missed."""
        await self.close()
        async with asyncio.timeout(PATIENCE):
            while True:
                for origin in addresses():
                    try:
                        await self.enter(origin)
                    except Gone:
                        continue
                    return
                await asyncio.sleep(0.05)

    async def catch_up(self) -> None:
        """Fetch what comes after the last number up to which everything is here."""
        for frame in await self.fetch(self.complete_to):
            self.events[frame["data"]["seq"]] = frame

    async def fetch(self, after: int = 0) -> list[Frame]:
        """The durable events after a number, as `chat.sync` tells them; nothing is kept."""
        found: list[Frame] = []
        more = True
        while more:
            asked = {"conversation_id": self.conversation, "after_seq": after}
            page = await self.ask("chat.sync", **asked)
            found += page["events"]
            more = page["more"]
            after = found[-1]["data"]["seq"] if found else after
        return found

    @property
    def complete_to(self) -> int:
        """The highest number up to which everything is here."""
        return next(seq for seq in itertools.count() if seq + 1 not in self.events)

    @property
    def has_gap(self) -> bool:
        """Whether something later than what is missing has come."""
        return self.complete_to < max(self.events, default=0)

    async def has(self, seq: int) -> None:
        """Wait until everything up to a number is here."""
        async with asyncio.timeout(PATIENCE):
            while self.complete_to < seq:
                await asyncio.sleep(0.01)

    async def closed(self) -> int | None:
        """The code the server closes with; raises TimeoutError when it does not."""
        async with asyncio.timeout(PATIENCE / 6):
            await asyncio.shield(self._reader)
        return self._socket.close_code

    async def close(self) -> None:
        await self._socket.close()
        await self._reader

    async def _read(self, socket: ClientConnection, answers: dict[str, asyncio.Future[Frame]]) -> None:
        try:
            while True:
                await self.reading.wait()
                self._take(orjson.loads(await socket.recv()), answers)
        except ConnectionClosed:
            pass
        finally:
            for answer in answers.values():
                if not answer.done():
                    answer.set_exception(Gone())

    def _take(self, frame: Frame, answers: dict[str, asyncio.Future[Frame]]) -> None:
        if frame.get("ref") in answers:
            answers.pop(frame["ref"]).set_result(frame)
            return
        self.told.append(frame)
        if frame["type"] in DURABLE and frame["data"]["conversation_id"] == self.conversation:
            self.events[frame["data"]["seq"]] = frame
