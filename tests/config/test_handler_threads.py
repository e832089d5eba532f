"""A request over the HTTP handler: begun and ended in one thread, and left alone when its client has gone."""

import threading
from collections.abc import Iterator

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signals

from config.handler import Handler
from tests.config.test_handler import LOGIN, answer, scope


@pytest.fixture
def signalled() -> Iterator[list[tuple[str, str]]]:
    """What Django announced of requests, with the thread it happened in."""
    seen: list[tuple[str, str]] = []
    hooks = {
        name: lambda name=name, **_: seen.append((name, threading.current_thread().name))
        for name in ("started", "finished")
    }
    signals.request_started.connect(hooks["started"])
    signals.request_finished.connect(hooks["finished"])
    yield seen
    signals.request_started.disconnect(hooks["started"])
    signals.request_finished.disconnect(hooks["finished"])


async def test_a_client_that_leaves_before_its_body_is_whole_gets_no_answer() -> None:
    server = ApplicationCommunicator(Handler(), scope("POST", LOGIN, content_type="application/json"))
    await server.send_input({"type": "http.request", "body": b'{"email"', "more_body": True})
    await server.send_input({"type": "http.disconnect"})
    await server.wait(5)
    assert await server.receive_nothing()


async def test_a_request_begins_and_ends_in_one_thread(signalled: list[tuple[str, str]]) -> None:
    await answer(scope("GET", "/healthz"))
    (begun, first), (ended, last) = signalled
    assert (begun, ended, first) == ("started", "finished", last)
    assert first.startswith("http")


async def test_a_query_that_is_no_text_ends_too(signalled: list[tuple[str, str]]) -> None:
    await answer(scope("GET", "/healthz", b"a=\xff"))
    assert [name for name, _ in signalled] == ["started", "finished"]


async def test_it_is_ended_when_it_is_answered(signalled: list[tuple[str, str]]) -> None:
    """So that its connection is back in the pool before a slow client has read the answer."""
    server = ApplicationCommunicator(Handler(), scope("GET", "/healthz"))
    await server.send_input({"type": "http.request", "body": b""})
    await server.receive_output(5)
    assert [name for name, _ in signalled] == ["started", "finished"]
