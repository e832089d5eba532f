"""HTTP as this project answers it: synchronous from the first middleware to the view."""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase


class SyncChainHandler(ASGIHandler):
    """Django's ASGI handler, with a chain of middleware that is entered once, in the thread of the request.

    Left to itself Django leaves that thread for an event loop made for the purpose at each change between
    middleware that can be awaited and middleware that cannot, which costs a request several milliseconds.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer: Any = sync_to_async(self.get_response, thread_sensitive=True)
        response: HttpResponseBase = await answer(request)
        return response
