"""The one websocket. Its origin was checked before (`config.origins`); here the token is, and each frame."""

from time import perf_counter
from typing import Any

import orjson
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from chat import calls, outbox
from chat.calls import SessionEnded, ShutOut, in_thread
from chat.handlers import Visitor
from chat.services import presence
from chat.sessions import EXPIRED, REVOKED, registry
from config import clock, measuring
from config.db import new_id
from config.errors import NotSignedIn, TooFast, Unavailable
from connect.realtime import user_group

PROTOCOL = "connect.v1"
BEARER = "bearer."
TOO_LARGE = 4413
TOO_FAST = 4429
TRY_LATER = 1013
PATIENCE = 5


class SocketConsumer(AsyncWebsocketConsumer):
    """One device of one person: authorise, parse, call, send."""

    visitor: Visitor

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the base class, but for its look at the connections of a thread that has none: ours are `in_thread`."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.socket_id = new_id().hex
        self.entered = self.ended = False
        self.hurried = 0
        refused = await self._authorise()
        if refused is None:
            # Listening begins before the socket opens: what happens from here on reaches it.
            await self.channel_layer.group_add(user_group(self.visitor.user_id), self.channel_name)
            self.entered = True
        await self.accept(PROTOCOL if PROTOCOL in self.scope["subprotocols"] else None)
        await (self._enter() if refused is None else self.end(refused))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.ended:
            return
        if len(bytes_data or (text_data or "").encode()) > settings.FRAME_BYTES:
            await self.end(TOO_LARGE)
            return
        try:
            # A binary frame is not one of ours; it is answered as the malformed text it would be.
            reply = await self._answered(text_data or "")
        except SessionEnded:
            await self.end(REVOKED)
            return
        await self._send(reply)
        await self._mind_the_pace(reply)

    async def deliver(self, message: dict[str, Any]) -> None:
        """Events for this person, from `connect.realtime`."""
        for frame in message["frames"]:
            if frame["type"] != "presence" or frame["data"]["user_id"] in map(str, self.visitor.watched):
                await self._send(frame)

    async def end(self, code: int) -> None:
        """Close from our side, once; nothing is sent after."""
        if self.ended:
            return
        self.ended = True
        registry.remove(self)
        if code == REVOKED:
            await self._say({"type": "session.revoked", "data": {}})
        await self.close(code)

    async def disconnect(self, code: int) -> None:
        self.ended = True
        if self.entered:
            registry.remove(self)
            await self.channel_layer.group_discard(user_group(self.visitor.user_id), self.channel_name)
            await in_thread(presence.leave)(user_id=self.visitor.user_id, socket_id=self.socket_id, now=clock.now())

    async def _authorise(self) -> int | None:
        """The close code of a refusal, None when the visitor may come in."""
        offered = self.scope["subprotocols"]
        token = next((name.removeprefix(BEARER) for name in offered if name.startswith(BEARER)), "")
        address = (self.scope.get("client") or ("", 0))[0]
        try:
            self.visitor = await in_thread(calls.open_socket)(token, address)
        except ShutOut:
            return REVOKED
        except (NotSignedIn, SessionEnded):
            return EXPIRED
        except TooFast:
            return TOO_FAST
        except Unavailable:
            return TRY_LATER
        return None if PROTOCOL in offered else EXPIRED

    async def _enter(self) -> None:
        registry.add(self)
        await in_thread(presence.enter)(user_id=self.visitor.user_id, socket_id=self.socket_id, now=clock.now())

    async def _answered(self, text: str) -> calls.Answer:
        """The answer to a frame, and how it went counted. Raises SessionEnded."""
        began = perf_counter()
        call = calls.parse(self.visitor, text)
        reply = await (outbox.say(call) if call.type == "chat.send" else in_thread(calls.answer)(call))
        measuring.count_frame(call.type, calls.outcome(reply), perf_counter() - began)
        return reply

    async def _send(self, frame: dict[str, Any]) -> None:
        if not self.ended:
            await self._say(frame)

    async def _say(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(frame).decode())

    async def _mind_the_pace(self, reply: dict[str, Any]) -> None:
        """A client that was told to slow down several times running, and does not, is let go."""
        self.hurried = self.hurried + 1 if calls.too_fast(reply) else 0
        if self.hurried >= PATIENCE:
            await self.end(TOO_FAST)
