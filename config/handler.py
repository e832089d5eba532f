"""HTTP as this project answers it: in one thread, entered once, from the first middleware to the view."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted, RequestDataTooBig
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpRequest, HttpResponseBase
from django.urls import set_script_prefix

from config.api.errors import bad_request
from config.api.parsing import body_bound
from config.headers import protected

WITHOUT_BODY = {204, 304}


class RefusedBody(io.BytesIO):
    """Stands for a body of which nothing was kept: who asks for it raises RequestDataTooBig."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def read(self, *args: Any) -> bytes:
        raise RequestDataTooBig(f"A body here has at most {self._most} bytes.")


Body = io.BytesIO | SpooledTemporaryFile[bytes]


class Handler(ASGIHandler):
    """Django's ASGI handler for an application that is synchronous throughout.

    Left to itself Django makes a thread for each request and leaves it for an event loop, made for the purpose too, at
    each change between middleware that can be awaited and middleware that cannot. It would also receive a body of any
    size, and answer in chunks what it has whole.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive, body_bound(scope.get("path", "")))
        except RequestAborted:
            return
        response = await _in_thread(self._answer, scope, body)
        await self.send_response(response, send)
        if response.streaming:
            await _in_thread(response.close)

    async def read_body(self, receive: Any, most: int) -> Body:  # type: ignore[override]
        """The whole body, of which no more is received than may be. Raises RequestAborted."""
        body = _room_for(most)
        while body.tell() <= most:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body"):
                break
        return body if body.tell() <= most else RefusedBody(most)

    def _answer(self, scope: Any, body: Body) -> HttpResponseBase:
        signals.request_started.send(sender=self.__class__, scope=scope)
        set_script_prefix(get_script_prefix(scope))
        request = self._request(scope, body)
        response = self.get_response(request) if request else protected(bad_request(HttpRequest(), UnicodeError()))
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if not response.streaming:
            # Here and not after it was sent: the connection goes back to the pool in the thread that took it.
            response.close()
        return response

    def _request(self, scope: Any, body: Body) -> HttpRequest | None:
        """None for an address that is no text."""
        length = 1 if isinstance(body, RefusedBody) else body.tell()
        body.seek(0)
        request, _ = self.create_request(scope, body)
        if request is not None:
            # A body sent in chunks names no length, and would be taken for none.
            request.META.setdefault("CONTENT_LENGTH", str(length))
        return request

    async def send_response(self, response: Any, send: Any) -> None:
        if not response.streaming and response.status_code not in WITHOUT_BODY:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if response.streaming and not response.is_async:
            response.streaming_content = _read_in_thread(iter(response.streaming_content))
        await super().send_response(response, send)


def _room_for(most: int) -> io.BytesIO | SpooledTemporaryFile[bytes]:
    """What may be large waits on a disk, in a file without a name that is gone when nobody holds it any more."""
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return io.BytesIO() if most <= usual else SpooledTemporaryFile(max_size=usual)


async def _read_in_thread(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A file goes out as it is read; Django would read all of it first."""
    while (part := await _in_thread(next, parts, None)) is not None:
        yield part


async def _in_thread(function: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads(), copy_context().run, function, *args)


@cache
def _threads() -> ThreadPoolExecutor:
    """What the sockets leave of the connection pool: a request waits for a thread, and then has its connection."""
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool", {"max_size": 16})
    return ThreadPoolExecutor(max_workers=max(1, (pool["max_size"] - 1) // 2), thread_name_prefix="http")
