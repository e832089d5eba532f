"""Carrying out what came over a socket: the same kernel as HTTP, on threads of our own."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, ParamSpec, TypeVar

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from chat import frames, handlers
from chat.frames import ClientFrame
from chat.handlers import Visitor
from config.api.errors import Problem, describe
from config.db import new_id
from config.errors import Forbidden, NotSignedIn, TooFast
from safety import limits, unit
from safety.services.idempotency import Reply

logger = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class SessionEnded(Exception):
    """The device session or the account behind a socket is not good any more."""


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run database work off the loop; its connection goes back to the pool with each call."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_executor())


def in_reserved_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same for what must not wait behind a burst of frames."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_reserved())


def open_socket(token: str, address: str) -> Visitor:
    """The visitor whose socket may open. Raises NotSignedIn, SessionEnded, TooFast or Unavailable."""
    visitor = handlers.identify(token, address)
    limits.check("socket", account=visitor.user_id, address=address)
    _perform(visitor, lambda: Reply(200, None))
    return visitor


def answer(visitor: Visitor, text: str) -> dict[str, Any]:
    """Carry out one client frame; its `ack` or `error`. Raises SessionEnded."""
    with structlog.contextvars.bound_contextvars(request_id=str(new_id())):
        try:
            _count(visitor, "frame")
            return _carry_out(visitor, frames.parse(text))
        except SessionEnded:
            raise
        except Exception as exc:
            return _error(frames.ref_of(text), _problem(exc).body())


def too_fast(frame: dict[str, Any]) -> bool:
    return frame["type"] == "error" and frame["data"]["code"] == TooFast.code


def _carry_out(visitor: Visitor, frame: ClientFrame) -> dict[str, Any]:
    if policy := handlers.LIMITS.get(frame.type):
        _count(visitor, policy)
    now, handler = timezone.now(), handlers.HANDLERS[frame.type]
    reply = _perform(visitor, lambda: Reply(200, handler(visitor, frame.data, now)))
    if reply.status == 200:
        return {"type": "ack", "ref": frame.ref, "data": reply.body}
    return _error(frame.ref, reply.body)


def _perform(visitor: Visitor, handler: Callable[[], Reply]) -> Reply:
    return unit.perform(
        caller=visitor.caller,
        admit=lambda: _admit(visitor),
        handler=handler,
        refuse=_refuse,
        claim=None,
        writes=True,
        now=timezone.now(),
    )


def _admit(visitor: Visitor) -> None:
    try:
        unit.gate().admit(visitor.caller, restricted=False)
    except (NotSignedIn, Forbidden) as exc:
        raise SessionEnded(exc.message) from exc


def _count(visitor: Visitor, policy: str) -> None:
    limits.check(policy, account=visitor.user_id, address=visitor.caller.address)


def _refuse(exc: Exception) -> Reply:
    problem = describe(exc)
    if problem is None or problem.status >= 500:
        raise exc
    return Reply(problem.status, problem.body())


def _problem(exc: Exception) -> Problem:
    problem = describe(exc)
    if problem is None:
        logger.error("frame_failed", exc_info=exc)
        return Problem(500, "server_error", "Something went wrong on our side.")
    return problem


def _error(ref: str | None, body: dict[str, Any]) -> dict[str, Any]:
    return {"type": "error", "ref": ref, "data": body}


@cache
def _executor() -> ThreadPoolExecutor:
    """One for the process, half the connection pool at most: HTTP lives on the other half."""
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool", {"max_size": 16})
    return ThreadPoolExecutor(max_workers=max(1, pool["max_size"] // 2), thread_name_prefix="socket")


@cache
def _reserved() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="socket-poll")
