"""Unlocking and ending conversations."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chat import timeline
from chat.enums import CloseReason, EventType, Kind, RevealState, State
from chat.models import Conversation
from chat.services import endings, gates, locks
from config import isolation
from config.errors import NotYours
from connect.models import User
from matching.enums import ConnectionEventType
from matching.models import Connection
from matching.services import connections
from safety.enums import FOREVER
from safety.roles import as_service

BATCH = 500


def unlock(*, connection: Connection, now: datetime) -> Conversation:
    """Let two who met in discovery talk, and be known to each other there; unlocking twice is once.

    What they see of each other besides is not decided here. Raises NotYours when the connection has no conversation,
    WrongState (conversation_closed).
    """
    with as_service():
        conversation = locks.pair_and_conversation(_id_of(connection), by=None)
        if conversation.state != State.LOCKED:
            locks.refuse_unless_open(conversation)
            return conversation
        conversation.state, conversation.reveal_state = State.REVEALED, RevealState.MUTUAL
        conversation.last_activity_at = now
        event = timeline.append(conversation, EventType.STATE, data={"state": State.REVEALED})
        conversation.save(update_fields=["state", "reveal_state", "last_seq", "last_activity_at"])
        connections.record(connection, ConnectionEventType.REVEALED)
    timeline.announce(conversation, event)
    return conversation


def close(
    *, conversation_id: UUID, reason: CloseReason, by: UUID | None, now: datetime, leaver: UUID | None = None
) -> Conversation:
    """End a conversation and its match, for both; closing a closed one changes nothing. Raises NotYours.

    What the clock had to do before is done first; for a panic exit by whoever calls, so that it can keep nobody in.

    The other side is told that it ended, never why or by whom. `by` None is the system, which names the `leaver` on
    whose account it ends, if it is one's alone. Two who talked revealed, or were to, and one of whom ends it or is
    banned are not connected any more, and do not see each other.
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        if reason != CloseReason.PANIC_EXIT:
            gates.catch_up(conversation, now)
        if conversation.state != State.CLOSED:
            connected = conversation.state in {State.REVEALED, State.LOCKED}
            endings.end(conversation, reason, now, leaver=leaver or by)
            if connected and reason in {CloseReason.USER_END, CloseReason.MODERATION}:
                _part(conversation, by, now)
    return conversation


def close_between(*, first: UUID, second: UUID, reason: CloseReason, now: datetime, leaver: UUID | None = None) -> None:
    """End whatever runs between two people, who are locked already; `leaver` as in `close`."""
    with as_service():
        for conversation_id in _running(first, second):
            close(conversation_id=conversation_id, reason=reason, by=None, now=now, leaver=leaver)


def catch_up_between(*, first: UUID, second: UUID, now: datetime) -> None:
    """What the clock had to do in what runs between two people, who are locked already; it keeps no end from coming."""
    with as_service():
        running = _running(first, second)
    isolation.each(gates.walk, ((conversation_id, now) for conversation_id in running), failed="gate_not_walked")


def _running(first: UUID, second: UUID) -> list[UUID]:
    return list(Conversation.objects.of(first).of(second).open().order_by("id").values_list("id", flat=True))


def close_silent(*, now: datetime) -> int:
    """End blind chats in which nobody has spoken for too long; each in its own transaction. How many."""
    silent = Conversation.objects.silent_since(now - settings.SILENCE_BEFORE_CLOSE)
    with transaction.atomic(), as_service():
        ids = list(silent.order_by("?").values_list("id", flat=True)[:BATCH])
    return isolation.each(_close_if_silent, ((conversation_id, now) for conversation_id in ids), failed="not_closed")


def close_banned(*, now: datetime) -> int:
    """End what still runs with somebody who is banned; each in its own transaction. How many."""
    banned = User.objects.filter(suspended_until=FOREVER).values("id")
    with transaction.atomic(), as_service():
        running = Conversation.objects.open().order_by("?")
        found = [
            row
            for side in ("user_a", "user_b")
            for row in running.filter(**{f"{side}__in": banned}).values_list("id", side)[:BATCH]
        ]
    return isolation.each(_close_of_banned, ((*row, now) for row in found), failed="not_closed")


def _close_of_banned(conversation_id: UUID, person: UUID, now: datetime) -> bool:
    with transaction.atomic():
        try:
            close(conversation_id=conversation_id, reason=CloseReason.MODERATION, by=None, now=now, leaver=person)
        except NotYours:  # erased between the two looks
            return False
        return True


def _close_if_silent(conversation_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            conversation = locks.pair_and_conversation(conversation_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        still = Conversation.objects.silent_since(now - settings.SILENCE_BEFORE_CLOSE)
        if not still.filter(id=conversation.id).exists():
            return False
        endings.end(conversation, CloseReason.TIMEOUT, now)
        return True


def _part(conversation: Conversation, by: UUID | None, now: datetime) -> None:
    first, second = conversation.user_a_id, conversation.user_b_id
    connections.end_between(first=first, second=second, by=by, reason="conversation_ended", now=now)


def _id_of(connection: Connection) -> UUID:
    """The conversation that came with a connection; one that it outlived may stand beside it. Raises NotYours."""
    direct = Conversation.objects.filter(connection=connection, kind=Kind.DIRECT)
    found = direct.values_list("id", flat=True).first()
    if found is None:
        raise NotYours()
    return found
