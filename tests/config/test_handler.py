"""The HTTP handler over real ASGI messages."""

import asyncio
import warnings
from typing import Any

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from config.handler import Handler

LOGIN = "/api/auth/login"
BOUND = 100


def scope(method: str, path: str, query: bytes = b"", **headers: str) -> dict[str, Any]:
    sent = [(b"host", b"localhost"), *((name.replace("_", "-").encode(), v.encode()) for name, v in headers.items())]
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": sent}


async def answer(request: dict[str, Any], *chunks: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    server = ApplicationCommunicator(Handler(), request)
    for position, chunk in enumerate(chunks or (b"",), 1):
        more = position < len(chunks)
        await server.send_input({"type": "http.request", "body": chunk, "more_body": more})
    start, body = await server.receive_output(5), await server.receive_output(5)
    assert not body.get("more_body")
    return start["status"], {name.lower(): value for name, value in start["headers"]}, body["body"]


async def post(*chunks: bytes) -> tuple[int, str]:
    """A body without a length, as it comes in chunks; the refusal of it."""
    status, _, body = await answer(scope("POST", LOGIN, content_type="application/json"), *chunks)
    return status, orjson.loads(body)["code"]


async def test_it_answers() -> None:
    status, _, body = await answer(scope("GET", "/healthz"))
    assert (status, body) == (200, b'{"ok": true}')


async def test_a_path_no_route_has_is_told_in_our_words() -> None:
    status, _, body = await answer(scope("GET", "/nowhere"))
    assert (status, orjson.loads(body)["code"]) == (404, "not_found")


def test_no_middleware_is_awaited() -> None:
    assert not asyncio.iscoroutinefunction(Handler()._middleware_chain)


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", LOGIN])
async def test_an_answer_names_its_length(path: str) -> None:
    _, headers, body = await answer(scope("GET", path))
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize("query", [b"a=\xff", b"\xc3("])
async def test_a_query_that_is_no_text_is_told_in_our_words(query: bytes) -> None:
    status, headers, body = await answer(scope("GET", "/healthz", query))
    assert (status, headers[b"content-type"], orjson.loads(body)["code"]) == (400, b"application/json", "invalid")


async def test_a_file_goes_out_whole_and_without_a_word() -> None:
    server = ApplicationCommunicator(
        Handler(), scope("GET", "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css")
    )
    await server.send_input({"type": "http.request", "body": b""})
    start, body, more = await server.receive_output(5), b"", True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        while more:
            part = await server.receive_output(5)
            body, more = body + part.get("body", b""), part.get("more_body", False)
    assert dict(start["headers"])[b"Content-Length"] == str(len(body)).encode()
    assert b"swagger-ui" in body


async def test_a_body_in_chunks_without_a_length_is_read() -> None:
    assert await post(b'{"email"', b": no") == (400, "malformed_json")


class TestBound:
    @pytest.fixture(autouse=True)
    def bound(self, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = BOUND

    async def test_a_body_of_the_largest_size_is_read(self) -> None:
        assert await post(b"{".ljust(BOUND)) == (400, "malformed_json")

    async def test_a_larger_one_is_refused(self) -> None:
        assert await post(b"{".ljust(BOUND + 1)) == (413, "body_too_large")

    async def test_a_larger_one_in_small_chunks_is_refused(self) -> None:
        assert await post(*[b" " * 10] * 11) == (413, "body_too_large")

    async def test_a_larger_one_is_refused_by_the_length_it_names(self) -> None:
        request = scope("POST", LOGIN, content_type="application/json", content_length=str(BOUND + 1))
        assert (await answer(request, b"x" * (BOUND + 1)))[0] == 413

    async def test_it_is_refused_before_all_of_it_came(self) -> None:
        server = ApplicationCommunicator(Handler(), scope("POST", LOGIN, content_type="application/json"))
        await server.send_input({"type": "http.request", "body": b"x" * (BOUND + 1), "more_body": True})
        assert (await server.receive_output(5))["status"] == 413
        await server.receive_output(5)
        await server.wait(5)

    async def test_what_comes_after_the_bound_does_no_harm(self) -> None:
        assert (await post(*[b"x" * (BOUND + 1)] * 5))[0] == 413

    async def test_where_no_body_is_looked_at_a_large_one_does_no_harm(self) -> None:
        assert (await answer(scope("GET", "/healthz"), b"x" * (BOUND + 1)))[0] == 200


async def test_what_is_logged_has_the_address_that_called_and_not_the_one_it_claims() -> None:
    called = scope("GET", "/healthz", x_forwarded_for="203.0.113.9") | {"client": ("10.1.2.3", 4321)}
    with capture_logs(processors=[merge_contextvars]) as lines:
        await answer(called)
    assert [line["ip"] for line in lines if line["event"] == "request_finished"] == ["10.1.2.3"]
