"""Two people with a blind chat, their tokens, and the socket they talk through."""

import asyncio
import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from asgiref.testing import ApplicationCommunicator
from django.db import transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.models import Conversation, Message
from chat.services import messages, openings
from chat.timeline import Frame
from connect import tokens
from connect.enums import Purpose
from connect.models import ConnectProfile, Consent, DeviceSession, User
from matching.enums import MatchStatus
from matching.models import Match
from tests.conftest import Client as Api
from tests.pictures import post_form

ORIGIN = b"http://127.0.0.1:8000"


@dataclass
class Two:
    """A conversation with its people: `a` and `b` are its sides."""

    a: UUID
    b: UUID
    match: Match
    conversation: Conversation

    def fresh(self) -> Conversation:
        return Conversation.objects.get(id=self.conversation.id)


def make_user() -> User:
    user = User.objects.create(email=f"{uuid4().hex}@example.com", password="!")
    ConnectProfile.objects.create(user=user, is_active=True, activated_at=timezone.now())
    Consent.objects.create(user=user, purpose=Purpose.MATCHING, version="v1", granted_at=timezone.now())
    return user


def make_match(first: UUID, second: UUID, status: MatchStatus = MatchStatus.PROPOSED) -> Match:
    low, high = sorted((first, second))
    match = Match.objects.create(
        user_a_id=low,
        user_b_id=high,
        total_score=70,
        engine_version="test",
        weight_profile="connect",
        expires_at=timezone.now() + timedelta(hours=72),
    )
    steps = {
        MatchStatus.PROPOSED: [],
        MatchStatus.ACCEPTED_BOTH: [MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_BOTH],
    }[status]
    for step in steps:
        match.status = step
        match.save(update_fields=["status"])
    return match


def make_two(first: UUID | None = None, second: UUID | None = None) -> Two:
    match = make_match(first or make_user().id, second or make_user().id, MatchStatus.ACCEPTED_BOTH)
    with transaction.atomic():
        (conversation,) = openings.open_blind(matches=[match], now=timezone.now())
    return Two(match.user_a_id, match.user_b_id, match, conversation)


def make_session(user_id: UUID) -> DeviceSession:
    now = timezone.now()
    return DeviceSession.objects.create(
        user_id=user_id, refresh_token_hash="0" * 64, last_used_at=now, expires_at=now + timedelta(days=1)
    )


def make_token(user_id: UUID, session: DeviceSession | None = None) -> str:
    session = session or make_session(user_id)
    return tokens.access_token(user_id=user_id, session_id=session.id, now=timezone.now())


class Socket(ApplicationCommunicator):
    """A websocket at the application's own door, origin check included."""

    def __init__(self, token: str, *, origin: list[bytes] | None = None, protocols: list[str] | None = None) -> None:
        from config.asgi import application

        scope = {
            "type": "websocket",
            "path": "/ws/",
            "query_string": b"",
            "headers": [(b"origin", value) for value in ([ORIGIN] if origin is None else origin)],
            "subprotocols": ["connect.v1", f"bearer.{token}"] if protocols is None else protocols,
            "client": ("127.0.0.1", 50000),
        }
        super().__init__(application, scope)

    async def open(self) -> dict[str, Any]:
        """What the server does first: accept or close."""
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=5)

    async def leave(self) -> None:
        if not self.future.done():
            await self.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.wait(timeout=5)


class Client:
    """One device on the socket: sends frames, keeps what it was told."""

    def __init__(self, communicator: Socket) -> None:
        self.socket = communicator
        self.told: list[dict[str, Any]] = []
        self._refs = itertools.count()

    async def call(self, type: str, **data: Any) -> dict[str, Any]:
        """The answer to one frame; events that come in between are kept in `told`."""
        ref = f"r{next(self._refs)}"
        await self.say(orjson.dumps({"type": type, "ref": ref, "data": data}).decode())
        while (frame := await self.receive()).get("ref") != ref:
            self.told.append(frame)
        return frame

    async def say(self, text: str) -> None:
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def receive(self) -> dict[str, Any]:
        output = await self.socket.receive_output(timeout=5)
        assert output["type"] == "websocket.send", output
        return orjson.loads(output["text"])

    async def event(self, type: str) -> dict[str, Any]:
        """The next event of a type, kept or still to come; others are kept."""
        for position, frame in enumerate(self.told):
            if frame["type"] == type:
                return self.told.pop(position)
        while (frame := await self.receive())["type"] != type:
            self.told.append(frame)
        return frame

    async def closed(self, within: float = 5) -> int:
        """The close code, whatever is said before."""
        async with asyncio.timeout(within):
            while (output := await self.socket.receive_output(timeout=within))["type"] != "websocket.close":
                self.told.append(orjson.loads(output["text"]))
        return output["code"]

    async def silent(self, type: str, wait: float = 0.3) -> bool:
        """Whether no event of a type comes."""
        while not await self.socket.receive_nothing(timeout=wait):
            self.told.append(await self.receive())
        return all(frame["type"] != type for frame in self.told)


class Web:
    """One person over HTTP, with a token of a real session; requests run under the web's login role."""

    def __init__(self, user_id: UUID) -> None:
        self._client = Api(raise_request_exception=False)
        self._client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(user_id)}")

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(path, query)

    def post(self, path: str, data: dict[str, Any] | None = None, key: str | None = None) -> Any:
        return self._client.post(path, data or {}, key=key)

    def delete(self, path: str) -> Any:
        return self._client.delete(path)

    def send_form(self, path: str, form: dict[str, Any]) -> Any:
        return post_form(self._client, path, form)


async def new_two() -> Two:
    return await in_thread(make_two)()


async def said(client: Client, two: Two, text: str = "Hello", client_id: str = "c1") -> dict[str, Any]:
    return await client.call("chat.send", conversation_id=str(two.conversation.id), client_id=client_id, text=text)


def send(two: Two, text: str = "Hello", *, by: UUID | None = None, client_id: str | None = None) -> Message:
    return messages.send(
        conversation_id=two.conversation.id,
        by=by or two.a,
        client_id=client_id or uuid4().hex,
        text=text,
        now=timezone.now(),
    )


def frames(two: Two, viewer: UUID | None = None, after_seq: int = 0) -> list[Frame]:
    return messages.after(conversation=two.fresh(), after_seq=after_seq, limit=100, viewer=viewer or two.a)
