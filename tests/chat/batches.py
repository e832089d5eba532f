"""Making a batch of what several sockets say: it is cut only when as many messages wait as were asked for."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connections, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from chat import outbox
from chat.calls import in_thread
from chat.enums import CloseReason
from chat.models import Conversation, ConversationEvent, Message
from chat.services import conversations
from tests.chat.people import Client, Two

Gather = Callable[[int], None]


@pytest.fixture
def gather(monkeypatch: pytest.MonkeyPatch) -> Gather:
    """`gather(3)`: from here on the writer begins once three messages wait."""
    write = outbox._Outbox._write

    def at_least(count: int) -> None:
        async def begin(self: Any) -> None:
            while len(self._waiting) < count:
                await asyncio.sleep(0.002)
            await write(self)

        monkeypatch.setattr(outbox._Outbox, "_write", begin)

    return at_least


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages each batch had."""
    sizes: list[int] = []
    carry_out = outbox._carry_out

    def counted(batch: Any) -> Any:
        sizes.append(len(batch))
        return carry_out(batch)

    monkeypatch.setattr(outbox, "_carry_out", counted)
    return sizes


@contextmanager
def elsewhere(work: Callable[[], object]) -> Iterator[threading.Event]:
    """`work` done in a transaction of another connection, which stays open until the body ends or sets the event."""
    done, leave, failures = threading.Event(), threading.Event(), []

    def hold() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                leave.wait(20)
        except Exception as exc:
            failures.append(exc)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert done.wait(5)
        yield leave
    finally:
        leave.set()
        thread.join()
    assert failures == []


def locked(two: Two) -> AbstractContextManager[threading.Event]:
    """The row of a conversation held by somebody else."""
    return elsewhere(lambda: Conversation.objects.select_for_update().get(id=two.conversation.id))


async def post(client: Client, two: Two, text: str = "Hello", client_id: str | None = None, ref: str = "p") -> None:
    """Send a message and do not wait for its answer."""
    data = {"conversation_id": str(two.conversation.id), "client_id": client_id or uuid4().hex, "text": text}
    await client.say(orjson.dumps({"type": "chat.send", "ref": ref, "data": data}).decode())


async def answer(client: Client, ref: str = "p") -> dict[str, Any]:
    """The answer to what was posted; events that come in between are kept in `told`."""
    while (frame := await client.receive()).get("ref") != ref:
        client.told.append(frame)
    return frame


def end(two: Two) -> None:
    with transaction.atomic():
        conversations.close(
            conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now()
        )


async def texts_of(two: Two) -> int:
    return await in_thread(Message.objects.filter(conversation=two.conversation).count)()


async def numbers_of(two: Two) -> list[int]:
    """The numbers of a conversation's events."""
    events = ConversationEvent.objects.filter(conversation=two.conversation).order_by("seq")
    return await in_thread(lambda: list(events.values_list("seq", flat=True)))()


async def transactions(*message_ids: str | UUID) -> int:
    """In how many transactions the database stored these messages, all of them without ids."""
    found = Message.objects.filter(id__in=message_ids) if message_ids else Message.objects.all()
    stored = found.annotate(stored_by=RawSQL("chat_message.xmin::text", ()))
    return len(await in_thread(lambda: set(stored.values_list("stored_by", flat=True)))())
