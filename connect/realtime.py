"""Events to people's open sockets.

The database is the truth and was committed before: an event that is lost here is found again by `chat.sync`, so
nothing in this module may fail or delay the call that made it.
"""

import asyncio
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from channels.layers import get_channel_layer
from django.db import transaction

logger = structlog.get_logger(__name__)

TIMEOUT = 2.0


def user_group(user_id: UUID) -> str:
    """The group of all sockets of one person."""
    return f"user.{user_id.hex}"


def publish(user_ids: Iterable[UUID], type: str, data: dict[str, Any]) -> None:
    """Send `{"type", "data"}` to every socket of these people once the transaction is committed."""
    groups = [user_group(user_id) for user_id in user_ids]
    frame = {"type": type, "data": data}
    transaction.on_commit(lambda: _hand_over(groups, frame), robust=True)


def _hand_over(groups: list[str], frame: dict[str, Any]) -> None:
    asyncio.run_coroutine_threadsafe(_send(groups, frame), _loop())


async def _send(groups: list[str], frame: dict[str, Any]) -> None:
    layer = get_channel_layer()
    message = {"type": "deliver", "frame": frame}
    try:
        async with asyncio.timeout(TIMEOUT):
            await asyncio.gather(*(layer.group_send(group, message) for group in groups))
    except Exception as exc:
        logger.warning("publish_failed", event_type=frame["type"], error=type(exc).__name__)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop a process, in a thread of its own: making one for each call would cost milliseconds."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="publisher", daemon=True).start()
    return loop
