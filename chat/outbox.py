"""Group commit: what the sockets of a process say at the same moment is stored in one transaction.

While one batch commits the next one gathers, so that under load a message costs a share of a transaction, and without
load it waits for nobody. A batch holds what is plain sailing only. Whatever is not, and every message of a batch that
failed, is carried out by itself in the kernel, where it meets its refusal or waits, and holds up no other.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from django.db import Error, transaction
from psycopg_pool import PoolTimeout

from chat import calls, queries
from chat.calls import Answer, Call, in_thread
from chat.sealing import MessageUnreadable
from chat.services import messages
from chat.services.drafts import Draft, draft
from chat.services.receipts import receipts
from config import clock, tracing
from config.db import new_id
from config.errors import Invalid
from connect import exposure
from safety import flags
from safety.roles import as_service

logger = structlog.get_logger(__name__)

MOST = 64
"""Messages in one transaction."""

Outcome = Answer | None
"""The answer to a call; None for one that is left to be carried out by itself."""


async def say(call: Call) -> Answer:
    """Answer one `chat.send` once it is committed or refused. Raises SessionEnded."""
    loop = asyncio.get_running_loop()
    outcome = await _outboxes.setdefault(loop, _Outbox()).put(call)
    return outcome or await in_thread(calls.carry_out)(call)


class _Outbox:
    """The messages that wait on one event loop, and the task that stores them."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Call, asyncio.Future[Outcome]]] = []
        self._writer: asyncio.Task[None] | None = None

    def put(self, call: Call) -> asyncio.Future[Outcome]:
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, outcome))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return outcome

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            said = [call for call, _ in batch]
            try:
                answers = await in_thread(_carry_out)(said)
            except Exception as exc:
                answers = {call: calls.refused(call, exc) for call in said}
            for call, outcome in batch:
                # A socket that was cut off meanwhile waits no more; its message is committed all the same.
                if not outcome.done():
                    outcome.set_result(answers.get(call))


_outboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Outbox] = WeakKeyDictionary()


def _carry_out(batch: Sequence[Call]) -> dict[Call, Answer]:
    """The refusals of those that are one too many, and the acks of those that could be said together."""
    with structlog.contextvars.bound_contextvars(request_id=str(new_id())), tracing.span("chat.batch", size=len(batch)):
        refused = calls.refusals(batch)
        # Not open to the public, each is looked at by itself: staff may speak.
        together = [call for call in batch if call not in refused] if flags.is_on(exposure.FLAG) else []
        return refused | _store(together, clock.now())


def _store(batch: Sequence[Call], now: datetime) -> dict[Call, Answer]:
    """The acks of what could be said together."""
    drafts = {call: said for call in batch if (said := _draft(call))}
    try:
        with transaction.atomic(), as_service(to_the_end=True):
            live = queries.live_sessions({call.visitor.session_id for call in drafts}, now)
            admitted = {call: said for call, said in drafts.items() if call.visitor.session_id in live}
            stored = messages.send_together(list(admitted.values()), now=now)
            told = receipts(list(stored.values()))
    except (Error, PoolTimeout, MessageUnreadable) as exc:
        logger.warning("batch_failed", messages=len(drafts), error=type(exc).__name__)
        return {}
    return {call: calls.acknowledge(call, told[stored[said].id]) for call, said in admitted.items() if said in stored}


def _draft(call: Call) -> Draft | None:
    """None for a text that nobody can say; what is wrong with it the kernel answers."""
    try:
        return draft(by=call.visitor.user_id, **call.data)
    except Invalid:
        return None
