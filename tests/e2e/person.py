"""A person with a phone: an HTTP client and a websocket that may lose its network."""

import asyncio
import itertools
import json
import re
import secrets
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 90.0
"""For a machine that is busy with other things; nobody waits longer than it takes."""
BETWEEN_MAILS = "-" * 79
"""What Django's file backend writes after each mail."""


class Broken(AssertionError):
    """A step of the walk did not hold."""


class Person:
    """One real client; `name` is what the walk calls them and never leaves this process before the reveal."""

    def __init__(self, base_url: str, name: str, mail: Path) -> None:
        self.base_url, self.name, self.mail = base_url, name, mail
        self.email = f"{name.lower()}.{secrets.token_hex(4)}@walk.example"
        self.password = secrets.token_urlsafe(16)
        self.http = httpx.AsyncClient(base_url=base_url, timeout=PATIENCE)
        self.access = self._refresh = ""
        self.events: list[dict[str, Any]] = []
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._refs = itertools.count(1)

    async def call(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        headers = {"Idempotency-Key": secrets.token_hex(8)} if method != "GET" else {}
        reply = await self.http.request(method, path, json=body, headers=headers)
        if reply.status_code != expect:
            raise Broken(f"{method} {path} answered {reply.status_code}, not {expect}: {reply.text[:400]}")
        return reply.json() if reply.content else None

    async def register(self) -> None:
        """Sign up with the code that the real worker mailed."""
        account = {"email": self.email, "password": self.password, "timezone": "Atlantic/Reykjavik"}
        asked = await self.call("POST", "/api/auth/register", account, expect=202)
        code = await self.wait_for(self._mailed_code, "the mail with the code")
        device = f"{self.name}'s phone"
        body = {"registration_id": asked["registration_id"], "code": code, "device_label": device}
        self._take(await self.call("POST", "/api/auth/register/confirm", body, expect=201))

    async def come_back(self) -> None:
        """Open the app again after a while: a new pair of tokens for the last one."""
        self._take(await self.call("POST", "/api/auth/refresh", {"refresh": self._refresh}))

    def _take(self, tokens: dict[str, Any]) -> None:
        self.access, self._refresh = tokens["access"], tokens["refresh"]
        self.http.headers["Authorization"] = f"Bearer {self.access}"

    async def _mailed_code(self) -> str | None:
        """A file holds all mails of one delivery, so that of the two who sign up at once may be the same."""
        mails = (mail for file in self.mail.glob("*.log") for mail in file.read_text().split(BETWEEN_MAILS))
        codes = (re.search(r"code is (\d{6})", mail) for mail in mails if f"To: {self.email}" in mail)
        return next((code.group(1) for code in codes if code), None)

    async def prove_number(self, phone: str) -> None:
        """With the code that the real worker sent by text message."""
        asked = await self.call("POST", "/api/auth/phone/start", {"phone": phone}, expect=202)

        async def look() -> str | None:
            texts = (file.read_text() for file in self.mail.with_name("sms").glob("*.txt"))
            codes = (re.match(rf"To: {re.escape(phone)}\s+(\d{{6}})", text) for text in texts)
            return next((code.group(1) for code in codes if code), None)

        code = await self.wait_for(look, "the message with the code")
        verification = {"verification_id": asked["verification_id"], "code": code}
        await self.call("POST", "/api/auth/phone/verify", verification)

    async def add_photo(self, picture: bytes) -> dict[str, Any]:
        reply = await self.http.post("/api/profile/photos", files={"photo": ("me.jpg", picture, "image/jpeg")})
        if reply.status_code != 201:
            raise Broken(f"a photo was answered {reply.status_code}: {reply.text[:400]}")
        return dict(reply.json())

    async def refused(self, method: str, path: str, body: Any = None, expect: int = 409) -> str:
        """The code of a refusal."""
        return str((await self.call(method, path, body, expect))["code"])

    async def told(self, type: str) -> dict[str, Any]:
        """The notification of this type, as soon as there is one."""

        async def look() -> dict[str, Any] | None:
            newest = (await self.call("GET", "/api/notifications"))["results"]
            return next((news for news in newest if news["type"] == type), None)

        found: dict[str, Any] = await self.wait_for(look, f"a notification {type}")
        return found

    async def wait_for(self, look: Any, what: str) -> Any:
        """Ask again until there is something; a bounded wait."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := await look()):
                    await asyncio.sleep(0.1)
                return found
        except TimeoutError as exc:
            raise Broken(f"{self.name} waited in vain for {what}") from exc

    async def open_socket(self) -> None:
        url = self.base_url.replace("http", "ws", 1) + "/ws/"
        protocols: Any = ["connect.v1", f"bearer.{self.access}"]
        self._socket = await connect(url, origin=self.base_url, subprotocols=protocols)  # type: ignore[arg-type]
        self._reader = asyncio.create_task(self._read(self._socket))

    async def lose_network(self) -> None:
        """The socket is gone without a goodbye."""
        assert self._socket and self._reader
        self._reader.cancel()
        self._socket.transport.abort()
        self._socket = None

    async def say(self, type: str, **data: Any) -> dict[str, Any]:
        """Send a frame and wait for its ack."""
        assert self._socket
        ref = str(next(self._refs))
        answer = self._answers[ref] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"type": type, "ref": ref, "data": data}))
        async with asyncio.timeout(PATIENCE):
            frame = await answer
        if frame["type"] != "ack":
            raise Broken(f"{type} was answered {frame}")
        return dict(frame["data"])

    async def _read(self, socket: ClientConnection) -> None:
        async for raw in socket:
            frame = json.loads(raw)
            waiting = self._answers.pop(frame.get("ref") or "", None)
            if waiting:
                waiting.set_result(frame)
            else:
                self.events.append(frame)

    async def hears(self, type: str, **like: Any) -> dict[str, Any]:
        """The event of this type with these data, as soon as it came."""

        async def look() -> dict[str, Any] | None:
            for event in self.events:
                if event["type"] == type and like.items() <= event["data"].items():
                    return event
            return None

        found: dict[str, Any] = await self.wait_for(look, f"the event {type} {like or ''}")
        return found

    async def close_socket(self) -> None:
        """Close the app."""
        if self._socket:
            await self._socket.close()
            self._socket = None

    async def leave(self) -> None:
        await self.close_socket()
        await self.http.aclose()
