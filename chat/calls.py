"""Carrying out what came over a socket: the same kernel as HTTP, on threads of our own."""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ParamSpec, TypeVar

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from rest_framework.exceptions import ValidationError

from chat import frames, handlers
from chat.handlers import Visitor
from chat.services.drafts import MessageRefused
from config import clock
from config.api.errors import Problem, describe
from config.db import new_id
from config.errors import Forbidden, Invalid, NotOpenYet, NotSignedIn, TooFast, Unavailable
from connect import exposure
from safety import flags, limits, unit
from safety.services.idempotency import Reply

logger = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


FAULT = "server_error"
FAULTS = {FAULT, Unavailable.code}

Answer = dict[str, Any]
"""The frame that answers a client's: an `ack` or an `error`."""


class SessionEnded(Exception):
    """The device session or the account behind a socket is not good any more."""


class ShutOut(SessionEnded):
    """The account may not come in, however freshly it signed in."""


@dataclass(frozen=True, eq=False)
class Call:
    """One client frame and whose it is; a frame that made no sense is the problem it is answered with."""

    visitor: Visitor
    ref: str | None
    type: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    problem: Exception | None = None

    @property
    def to_count(self) -> limits.Call:
        """The rate limits it counts under."""
        policies = ["frame", *handlers.LIMITS.get(self.type, ())]
        return limits.Call(policies, self.visitor.user_id, self.visitor.caller.address)


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run database work off the loop; its connection goes back to the pool with each call."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_executor())


def in_reserved_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same for what must not wait behind a burst of frames."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_reserved())


def open_socket(token: str, address: str) -> Visitor:
    """The visitor whose socket may open. Raises NotSignedIn, SessionEnded (ShutOut), TooFast, Unavailable."""
    visitor = handlers.identify(token, address)
    limits.check("socket", account=visitor.user_id, address=address)
    _perform(visitor, lambda: Reply(200, None))
    return visitor


def parse(visitor: Visitor, text: str) -> Call:
    """What a client sent, made sense of or not; no database."""
    try:
        frame = frames.parse(text)
        return Call(visitor, frame.ref, frame.type, frame.data)
    except (Invalid, ValidationError) as exc:
        return Call(visitor, frames.ref_of(text), problem=exc)


def answer(call: Call) -> Answer:
    """Count one call and carry it out; its `ack` or `error`. Raises SessionEnded."""
    return _told(call, lambda: refusals([call]).get(call) or _carry_out(call))


def carry_out(call: Call) -> Answer:
    """The same for a call that was counted."""
    return _told(call, lambda: _carry_out(call))


def refusals(batch: Sequence[Call]) -> dict[Call, Answer]:
    """Count these calls; what those are answered that are one too many, or made no sense, which counts too."""
    counted = limits.refusals([call.to_count for call in batch])
    found = {call: too_many or call.problem for call, too_many in zip(batch, counted, strict=True)}
    return {call: refused(call, problem) for call, problem in found.items() if problem}


def refused(call: Call, exc: Exception) -> Answer:
    """The `error` for one call of several, under an id of its own."""
    with structlog.contextvars.bound_contextvars(request_id=str(new_id())):
        return _error(call, _problem(exc).body())


def acknowledge(call: Call, data: dict[str, Any]) -> Answer:
    return {"type": "ack", "ref": call.ref, "data": data}


def outcome(frame: Answer) -> str:
    """How a frame was answered: ack, refused, or failed by a fault of ours, or of what we need."""
    if frame["type"] == "ack":
        return "ack"
    return "failed" if frame["data"]["code"] in FAULTS else "refused"


def too_fast(frame: Answer) -> bool:
    return frame["type"] == "error" and frame["data"]["code"] == TooFast.code


def _told(call: Call, work: Callable[[], Answer]) -> Answer:
    """Whatever goes wrong is told to who asked; the socket stays."""
    with structlog.contextvars.bound_contextvars(request_id=str(new_id()), **_about(call)):
        try:
            return work()
        except SessionEnded:
            raise
        except Exception as exc:
            return _error(call, _problem(exc).body())


def _about(call: Call) -> dict[str, str]:
    """What every log line of a call says besides its request id."""
    conversation = call.data.get("conversation_id")
    return {"conversation_id": str(conversation)} if conversation else {}


def _carry_out(call: Call) -> Answer:
    """One call in a transaction of its own."""
    opened = call.type in handlers.ALWAYS_OPEN or flags.is_on(exposure.FLAG)
    reply = _perform(call.visitor, lambda: _handle(call), opened)
    return acknowledge(call, reply.body) if reply.status == 200 else _error(call, reply.body)


def _handle(call: Call) -> Reply:
    try:
        return Reply(200, handlers.HANDLERS[call.type](call.visitor, call.data, clock.now()))
    except MessageRefused as refused:
        # Returned and not raised: the trace of it is committed.
        return _refuse(refused)


def _perform(visitor: Visitor, handler: Callable[[], Reply], opened: bool = True) -> Reply:
    return unit.perform(
        caller=visitor.caller,
        admit=lambda: _admit(visitor, opened),
        handler=handler,
        refuse=_refuse,
        claim=None,
        now=clock.now(),
    )


def _admit(visitor: Visitor, opened: bool) -> None:
    """While the flow is not `opened` to the public, staff alone come in; the socket stays."""
    try:
        user: Any = unit.gate().admit(visitor.caller, restricted=False, suspended=False)
    except NotSignedIn as exc:
        raise SessionEnded(exc.message) from exc
    except Forbidden as exc:
        raise ShutOut(exc.message) from exc
    if not (opened or user.is_staff):
        raise NotOpenYet()


def _refuse(exc: Exception) -> Reply:
    problem = describe(exc)
    if problem is None or problem.status >= 500:
        raise exc
    return Reply(problem.status, problem.body())


def _problem(exc: Exception) -> Problem:
    problem = describe(exc)
    if problem is None:
        logger.error("frame_failed", exc_info=exc)
        return Problem(500, FAULT, "Something went wrong on our side.")
    return problem


def _error(call: Call, body: dict[str, Any]) -> Answer:
    return {"type": "error", "ref": call.ref, "data": body}


@cache
def _executor() -> ThreadPoolExecutor:
    """One for the process, half the connection pool at most: HTTP lives on the other half."""
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool", {"max_size": 16})
    return ThreadPoolExecutor(max_workers=max(1, pool["max_size"] // 2), thread_name_prefix="socket")


@cache
def _reserved() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="socket-poll")
