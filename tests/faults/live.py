"""A real server on the tests' own database, with a Redis of its own that a test may kill."""

import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx
import orjson
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bench.stack import Server, serving
from config.embedded import programs
from config.embedded.places import locate
from config.embedded.processes import HOST, free_port, wait_until
from tests.chat.people import make_token

OURS = ("config.asgi:application", "config.settings")
UNHURRIED = ("config.asgi:application", "bench.settings")
"""The same with limits too high to be reached."""


class OwnRedis:
    """One redis-server of this test's."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.start()

    def start(self) -> None:
        """Empty, at the same port as ever."""
        own = ["--bind", HOST, "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([programs.redis(locate()), *own], stdout=subprocess.DEVNULL)
        assert wait_until(self.answers, seconds=20)

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def answers(self) -> bool:
        try:
            return bool(Redis(HOST, self.port).ping())
        except RedisError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Live:
    """The server and the Redis it depends on."""

    server: Server
    redis: OwnRedis

    def person(self, user_id: UUID, token: str | None = None) -> "Person":
        return Person(self.server.origin, token or make_token(user_id))


def database_url() -> str:
    """The tests' own database, for processes of their own."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))


def surroundings(redis: OwnRedis) -> dict[str, str]:
    """What a server is told of the tests' database and of a Redis."""
    return {"DATABASE_URL": database_url(), "REDIS_URL": redis.url, "DATABASE_POOL": "6"}


@contextlib.contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """A Redis for the length of the block."""
    redis = OwnRedis(folder)
    try:
        yield redis
    finally:
        redis.kill()


@contextlib.contextmanager
def stack(folder: Path, kind: tuple[str, str] = OURS) -> Iterator[Live]:
    """Server and Redis for the length of the block."""
    with own_redis(folder) as redis, serving(kind, **surroundings(redis)) as server:
        yield Live(server, redis)


class Person:
    """One device: HTTP and a socket."""

    def __init__(self, origin: str, token: str) -> None:
        self.origin, self.token = origin, token
        self.http = httpx.Client(base_url=origin, timeout=30, headers={"Authorization": f"Bearer {token}"})
        self.told: list[dict[str, Any]] = []
        self._refs = itertools.count()
        self._open = contextlib.ExitStack()

    def open(self) -> "Person":
        url = self.origin.replace("http", "ws", 1) + "/ws/"
        protocols: Any = ["connect.v1", f"bearer.{self.token}"]
        socket = connect(url, origin=self.origin, subprotocols=protocols)  # type: ignore[arg-type]
        self.socket = self._open.enter_context(socket)
        assert self.say("ping")["type"] == "ack"
        return self

    def say(self, type: str, **data: Any) -> dict[str, Any]:
        """The answer to a frame; what comes in between is kept in `told`."""
        ref = str(next(self._refs))
        self.socket.send(orjson.dumps({"type": type, "ref": ref, "data": data}).decode())
        while (frame := orjson.loads(self.socket.recv(timeout=10))).get("ref") != ref:
            self.told.append(frame)
        return dict(frame)

    def listen(self, seconds: float) -> list[dict[str, Any]]:
        """Everything that was told until now and for so long."""
        until = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while True:
                left = max(0.0, until - time.monotonic())
                self.told.append(orjson.loads(self.socket.recv(timeout=left)))
        return self.told

    def closed(self, seconds: float) -> int | None:
        """The code the socket is closed with, None when it is still open then."""
        try:
            self.listen(seconds)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
        return None

    def leave(self) -> None:
        self._open.close()
        self.http.close()
