"""Where a websocket may be opened from."""

from typing import Any

from django.conf import settings

REFUSED = {"type": "websocket.close", "code": 4403}


class OriginCheck:
    """Refuse, before accepting, a websocket whose Origin is not exactly one of ALLOWED_ORIGINS.

    Absent and null origins are refused too: a client that is no browser names the origin it was built for.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if len(origins) == 1 and origins[0].decode("latin-1") in settings.ALLOWED_ORIGINS:
            await self.app(scope, receive, send)
        else:
            await send(REFUSED)


async def nothing_here(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A websocket asked for where there is none: refused before it is accepted."""
    await send({"type": "websocket.close"})
