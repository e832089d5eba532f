"""The reference server: a bare Channels consumer and bare Django views, which do what quality.md says and no more.

The consumer does one INSERT and one group_send a message, with a pool of psycopg on the loop itself: no thread is
entered for it. The views do the queries that ours were seen to do, in one transaction, after token, role and
session, and answer by orjson. DJANGO_SETTINGS_MODULE is `bench.settings_bare`.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

INSERT = "INSERT INTO bench_message (conversation, text) VALUES (%s, %s) RETURNING id"
ROLE = "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true)"
CLIENT, SERVICE = "connect_client", "connect_service"

ISSUER = "maitribe-connect"
READS: dict[str, list[str]] = (
    orjson.loads(Path(os.environ["BENCH_READS"]).read_bytes()) if "BENCH_READS" in os.environ else {}
)
PROMPTS = {
    True: (
        "You both like {hobby}. What got each of you into it?",
        "{hobby}: which moment of it would you like to live through again?",
        "{hobby} is something you share. What would you do together first?",
    ),
    False: (
        "{hobby} is new to you? Ask what is best about it.",
        "{hobby}: what would a first try look like?",
        "Ask how {hobby} fits into their week.",
    ),
}


@cache
def pool() -> AsyncConnectionPool:
    """As many connections as ours may hold."""
    base = settings.DATABASES["default"]
    info = make_conninfo(
        host=base["HOST"], port=base["PORT"], user=base["USER"], password=base["PASSWORD"], dbname=base["NAME"]
    )
    most = base["OPTIONS"]["pool"]["max_size"]
    return AsyncConnectionPool(info, min_size=1, max_size=most, open=False, kwargs={"autocommit": True})


class BareConsumer(AsyncWebsocketConsumer):
    """One INSERT, one group_send, one answer."""

    async def connect(self) -> None:
        self.group = self.scope["url_route"]["kwargs"]["conversation"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await pool().open()
        await self.accept("connect.v1")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = orjson.loads(text_data or "")
        async with pool().connection() as link:
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


def _reads(request: HttpRequest, role: str = CLIENT) -> list[list[dict[str, Any]]]:
    """Token, transaction, role, session, and the rows of every query of this path."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, settings.SIGNING_KEY, ["HS256"], audience=ISSUER, issuer=ISSUER)
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROLE, [role, claims["user_id"]])
        for sql in READS[request.path]:
            cursor.execute(sql)
            names = [column.name for column in cursor.description]
            found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    (session,) = found[0]
    if session["status"] != "active":
        raise PermissionDenied
    return found


def status(request: HttpRequest) -> HttpResponse:
    _, active, (match, *_), (chat, *_) = _reads(request)
    current = {
        "stage": "blind_chat",
        "matchId": match["id"],
        "blindChatId": chat["id"],
        "revealState": chat["reveal_state"],
        "revealId": None,
    }
    return _json({"ok": True, "active": bool(active), "current": current})


def conversations(request: HttpRequest) -> HttpResponse:
    (session,), rows = _reads(request)
    same = ("id", "kind", "state", "reveal_state", "last_seq", "unread", "last_activity_at", "created_at")
    results = [
        {name: row[name] for name in same}
        | {"pseudonym": row["pseudonym_b" if row["user_a_id"] == session["user_id"] else "pseudonym_a"]}
        | {"peer_id": None, "paused": row["paused"] and row["state"] != "closed"}
        for row in rows[:50]
    ]
    return _json({"results": results, "next": None})


def streaks(request: HttpRequest) -> HttpResponse:
    (session,), rows = _reads(request)
    return _json({"results": [_streak(row, session["user_id"]) for row in rows[:50]], "next": None})


def _streak(row: dict[str, Any], me: Any) -> dict[str, Any]:
    same = ("id", "connection_id", "status", "current_day", "cycle", "timezone", "started_on", "day")
    mine, theirs = ("low_on", "high_on") if row["user_low_id"] == me else ("high_on", "low_on")
    breaker = row["breaker_id"] and ("me" if row["breaker_id"] == me else "partner")
    return {name: row[name] for name in (*same, "completed_at", "created_at")} | {
        "checked_in": row[mine] == row["day"],
        "partner_checked_in": row[theirs] == row["day"],
        "breaker": breaker,
        "next_turn_at": row["due_at"],
    }


def batch(request: HttpRequest) -> HttpResponse:
    """The cards as they were stored, with the words of English."""
    _, passed, (found, *_), cards, _ = _reads(request, SERVICE)
    if not passed:
        raise PermissionDenied
    shown = [
        {"id": card["id"], "position": card["position"], "status": card["status"]}
        | _told(orjson.loads(card["snapshot"]))
        for card in cards
    ]
    return _json({name: found[name] for name in ("server", "made_at", "exhausted")} | {"cards": shown})


def _told(snapshot: dict[str, Any]) -> dict[str, Any]:
    hobbies = snapshot["hobbies"]
    shared = [hobby for hobby in hobbies if hobby["shared"]]
    prompts = [
        PROMPTS[hobby["shared"]][number].format(hobby=hobby["name"])
        for number, hobby in enumerate((shared or hobbies)[:3])
    ]
    return snapshot | {"prompts": prompts}


def _json(data: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(data, option=orjson.OPT_UTC_Z), content_type="application/json")


urlpatterns = [
    path("healthz", healthz),
    path("connect/status", status),
    path("api/conversations", conversations),
    path("api/streaks", streaks),
    path("api/discovery/partner/batch", batch),
]

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/<str:conversation>", BareConsumer.as_asgi())]),
    }
)
