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
BATCH = 500
Event = tuple[UUID, str, dict[str, Any]]
"""Whom to tell, and the type and data of the frame."""


def user_group(user_id: UUID) -> str:
    """The group of all sockets of one person."""
    return f"user.{user_id.hex}"


def publish(user_ids: Iterable[UUID], type: str, data: dict[str, Any]) -> None:
    """Send `{"type", "data"}` to every socket of these people once the transaction is committed."""
    publish_each([(user_id, type, data) for user_id in user_ids])


def publish_each(events: Iterable[Event]) -> None:
    """The same with each told something of their own; what one person is told stays in order."""
    frames: dict[str, list[dict[str, Any]]] = {}
    for user_id, type, data in events:
        frames.setdefault(user_group(user_id), []).append({"type": type, "data": data})
    transaction.on_commit(lambda: _hand_over(frames), robust=True)


def _hand_over(frames: dict[str, list[dict[str, Any]]]) -> None:
    asyncio.run_coroutine_threadsafe(_send(frames), _loop())


async def _send(frames: dict[str, list[dict[str, Any]]]) -> None:
    """A batch of people in one round trip; where it takes too long the layer is down, and the rest is not tried."""
    layer, groups = get_channel_layer(), list(frames)
    left = len(groups)
    try:
        for some in (groups[start : start + BATCH] for start in range(0, left, BATCH)):
            async with asyncio.timeout(TIMEOUT):
                await layer.group_send_each({group: {"type": "deliver", "frames": frames[group]} for group in some})
            left -= len(some)
    except Exception as exc:
        logger.warning("publish_failed", people=left, error=type(exc).__name__)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop a process, in a thread of its own: making one for each call would cost milliseconds."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="publisher", daemon=True).start()
    return loop
