"""Fixtures of conversations: two people in a blind chat, and sockets that are closed behind each test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from channels.layers import channel_layers
from django.db import connections

from chat import calls
from tests.chat.people import Client, Socket, Two, make_token, make_two

Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
def two(db: None) -> Two:
    return make_two()


@pytest.fixture(autouse=True)
def returned_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sockets' threads outlive a test; their connections must not, for the database to be dropped."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Opens sockets, and closes them with their threads' connections when the test is over."""
    opened: list[Socket] = []

    async def open_socket(user_id: UUID, *, token: str | None = None) -> Client:
        made = token or await calls.in_thread(make_token)(user_id)
        socket = Socket(made)
        opened.append(socket)
        assert await socket.open() == {"type": "websocket.accept", "subprotocol": "connect.v1"}
        return Client(socket)

    yield open_socket
    for socket in opened:
        await socket.leave()
    channel_layers.backends.clear()
