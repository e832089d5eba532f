"""The HTTP handler over real ASGI messages."""

import asyncio
from typing import Any

from asgiref.testing import ApplicationCommunicator

from config.handler import SyncChainHandler


async def get(path: str) -> list[dict[str, Any]]:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"host", b"localhost")]}
    server = ApplicationCommunicator(SyncChainHandler(), scope)
    await server.send_input({"type": "http.request", "body": b"", "more_body": False})
    return [await server.receive_output(5), await server.receive_output(5)]


async def test_it_answers() -> None:
    start, body = await get("/healthz")
    assert start["status"] == 200
    assert body["body"] == b'{"ok": true}'


async def test_a_path_no_route_has_is_told_in_our_words() -> None:
    start, body = await get("/nowhere")
    assert start["status"] == 404
    assert b'"code": "not_found"' in body["body"]


def test_no_middleware_is_awaited() -> None:
    assert not asyncio.iscoroutinefunction(SyncChainHandler()._middleware_chain)
