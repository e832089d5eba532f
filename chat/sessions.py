"""A socket lives as long as its device session: one look a process, for all its sockets at once."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, transaction
from psycopg_pool import PoolTimeout, TooManyRequests

from chat import queries
from chat.calls import in_reserved_thread
from chat.handlers import Visitor
from chat.services import presence
from config import clock
from safety.roles import as_service

logger = structlog.get_logger(__name__)

EXPIRED = 4401
REVOKED = 4408


class Socket(Protocol):
    """What the poller needs of a consumer."""

    visitor: Visitor
    socket_id: str

    async def end(self, code: int) -> None: ...


class Registry:
    """The open sockets of this process. Its poller runs while there are any, on the loop they live on."""

    def __init__(self) -> None:
        self._sockets: dict[str, Socket] = {}
        self._poller: asyncio.Task[None] | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._renewed_at = clock.now()

    def add(self, socket: Socket) -> None:
        self._sockets[socket.socket_id] = socket
        if self._poller is None or self._poller.done() or self._poller.get_loop() is not asyncio.get_running_loop():
            self._poller = asyncio.create_task(self._poll())

    def remove(self, socket: Socket) -> None:
        self._sockets.pop(socket.socket_id, None)

    async def _poll(self) -> None:
        while self._sockets:
            await asyncio.sleep(settings.SOCKET_POLL.total_seconds())
            try:
                await self._look(clock.now())
            except (Error, PoolTimeout, TooManyRequests) as exc:
                # Each frame asks again in its own transaction, so a database that is away lets nobody in.
                logger.warning("socket_poll_failed", error=type(exc).__name__)

    async def _look(self, now: datetime) -> None:
        sockets = list(self._sockets.values())
        for socket in sockets:
            if socket.visitor.expires_at <= now:
                self._end(socket, EXPIRED)
        live = await in_reserved_thread(_live)({socket.visitor.session_id for socket in sockets}, now)
        for socket in sockets:
            if socket.visitor.session_id not in live:
                self._end(socket, REVOKED)
        await self._renew_presence(self._sockets.values(), now)

    def _end(self, socket: Socket, code: int) -> None:
        """Without waiting: a client that takes nothing is not told until it does, and keeps no other from ending."""
        ending = asyncio.create_task(socket.end(code))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _renew_presence(self, sockets: Iterable[Socket], now: datetime) -> None:
        if now - self._renewed_at < settings.PRESENCE_LIFETIME / 4:
            return
        self._renewed_at = now
        present = [(socket.visitor.user_id, socket.socket_id) for socket in sockets]
        await in_reserved_thread(presence.renew)(sockets=present, now=now)


def _live(session_ids: set[UUID], now: datetime) -> set[UUID]:
    with transaction.atomic(), as_service(to_the_end=True):
        return queries.live_sessions(session_ids, now)


registry = Registry()
