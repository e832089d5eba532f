"""The reference server: a bare Channels consumer and bare Django views, which do what quality.md says and no more.

The consumer does one INSERT and one group_send a message, with a pool of psycopg on the loop itself: no thread is
entered for it. The views do the queries that ours were seen to do, in one transaction, after token, role and
session, and answer by orjson.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings_bare")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

INSERT = "INSERT INTO bench_message (conversation, text) VALUES (%s, %s) RETURNING id"
ROLE = "SELECT set_config('role', 'connect_client', true), set_config('app.user_id', %s, true)"

_pool: AsyncConnectionPool | None = None


async def pool() -> AsyncConnectionPool:
    """As many connections as ours may hold."""
    global _pool
    if _pool is None:
        base = settings.DATABASES["default"]
        info = make_conninfo(
            host=base["HOST"], port=base["PORT"], user=base["USER"], password=base["PASSWORD"], dbname=base["NAME"]
        )
        most = base["OPTIONS"]["pool"]["max_size"]
        _pool = AsyncConnectionPool(info, min_size=1, max_size=most, open=False, kwargs={"autocommit": True})
        await _pool.open()
    return _pool


class BareConsumer(AsyncWebsocketConsumer):
    """One INSERT, one group_send, one answer."""

    async def connect(self) -> None:
        self.group = self.scope["url_route"]["kwargs"]["conversation"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept("connect.v1")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = orjson.loads(text_data or "")
        async with (await pool()).connection() as link:
            cursor = await link.execute(INSERT, (frame["data"]["conversation_id"], frame["data"]["text"]))
            (number,) = await cursor.fetchone() or (None,)
        await self.channel_layer.group_send(self.group, {"type": "deliver", "frame": frame["data"]})
        await self.send(orjson.dumps({"type": "ack", "ref": frame["ref"], "data": {"seq": number}}).decode())

    async def deliver(self, message: dict[str, Any]) -> None:
        await self.send(orjson.dumps({"type": "chat.message", "data": message["frame"]}).decode())

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok")


urlpatterns = [path("healthz", healthz)]

application = ProtocolTypeRouter(
    {"http": http, "websocket": URLRouter([path("ws/<str:conversation>", BareConsumer.as_asgi())])}
)
