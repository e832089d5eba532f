"""Unlocking and ending conversations."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from chat import timeline
from chat.enums import CloseReason, EventType, Kind, RevealState, RevealStatus, State, WindowStatus
from chat.models import Conversation, ConversationEvent, GateWindow, Message, Reveal
from chat.services import holds, locks, unveiling
from config import hints, isolation
from config.errors import NotYours
from connect.models import User
from connect.realtime import publish
from matching.enums import ConnectionEventType, MatchStatus, QueueReason
from matching.models import Connection, Match
from matching.services import connections, queue
from safety.enums import FOREVER
from safety.roles import as_service

BATCH = 500
_BROKEN = {CloseReason.USER_END: QueueReason.LEFT, CloseReason.TIMEOUT: QueueReason.ABSENT}
"""What breaking a pairing by one's own choice is to the queue; getting out of it by a block or a report is nothing."""


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

    The other side is told that it ended, never why or by whom. `by` None is the system, which names the `leaver` on
    whose account it ends, if it is one's alone. Two who talked revealed, or were to, and one of whom ends it or is
    banned are not connected any more, and do not see each other.
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        if conversation.state != State.CLOSED:
            connected = conversation.state in {State.REVEALED, State.LOCKED}
            end(conversation, reason, now, leaver=leaver or by)
            if connected and reason in {CloseReason.USER_END, CloseReason.MODERATION}:
                _part(conversation, by, now)
    return conversation


def close_between(*, first: UUID, second: UUID, reason: CloseReason, now: datetime, leaver: UUID | None = None) -> None:
    """End whatever runs between two people, who are locked already; `leaver` as in `close`."""
    with as_service():
        ids = Conversation.objects.of(first).of(second).open().order_by("id").values_list("id", flat=True)
        for conversation_id in list(ids):
            close(conversation_id=conversation_id, reason=reason, by=None, now=now, leaver=leaver)


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
        end(conversation, CloseReason.TIMEOUT, now)
        return True


def end(conversation: Conversation, reason: CloseReason, now: datetime, *, leaver: UUID | None = None) -> None:
    """End a running conversation that is locked with its people.

    Whom a `leaver` leaves behind before the first gate goes back into the queue.
    """
    if conversation.kind == Kind.LIVE:
        _end_gates(conversation, reason, leaver, now)
    conversation.state, conversation.close_reason, conversation.closed_at = State.CLOSED, reason, now
    events = [
        *_lapse_offers(conversation, now),
        timeline.append(conversation, EventType.STATE, data={"state": State.CLOSED}),
    ]
    conversation.save(update_fields=["state", "close_reason", "closed_at", "reveal_state", "last_seq", "survivor"])
    holds.reject_waiting(conversation, now)
    # In the order in which a block ends them, so that the frames do not tell one from the other.
    _end_match(conversation, now)
    for event in events:
        timeline.announce(conversation, event)


def _lapse_offers(conversation: Conversation, now: datetime) -> list[ConversationEvent]:
    """Where the two stood with showing themselves is over, and told of before the end."""
    if conversation.reveal_state != RevealState.PENDING:
        return []
    conversation.reveal_state = RevealState.EXPIRED
    pending = list(Reveal.objects.pending().filter(conversation=conversation))
    for reveal in pending:
        reveal.status, reveal.resolved_at = RevealStatus.EXPIRED, now
        reveal.save(update_fields=["status", "resolved_at"])
    return [unveiling.record(conversation, reveal, RevealState.EXPIRED, None) for reveal in pending]


def _end_gates(conversation: Conversation, reason: CloseReason, leaver: UUID | None, now: datetime) -> None:
    gates = GateWindow.objects.filter(conversation=conversation)
    begun = gates.filter(~Q(status=WindowStatus.SCHEDULED) | Q(opens_at__lte=now))
    young = conversation.state == State.ANONYMOUS and not begun.exists()
    if leaver and young:
        conversation.survivor = conversation.side_of(conversation.other(leaver))
        hints.after_commit("chat.tasks.requeue_survivors")
    if young:
        _note_broken(conversation, reason, leaver, now)
    gates.void(now)


def _note_broken(conversation: Conversation, reason: CloseReason, leaver: UUID | None, now: datetime) -> None:
    """Without a leaver whoever is absent is both of them."""
    missed = (conversation.user_a_id, conversation.user_b_id) if reason == CloseReason.TIMEOUT else ()
    if reason in _BROKEN and conversation.match_id:
        for person in (leaver,) if leaver else missed:
            queue.note_broken(match_id=conversation.match_id, by=person, reason=_BROKEN[reason], now=now)


def _part(conversation: Conversation, by: UUID | None, now: datetime) -> None:
    first, second = conversation.user_a_id, conversation.user_b_id
    connections.end_between(first=first, second=second, by=by, reason="conversation_ended", now=now)


def _end_match(conversation: Conversation, now: datetime) -> None:
    if conversation.match_id is None:
        return
    running = Match.objects.open().filter(id=conversation.match_id)
    wordless = conversation.kind == Kind.LIVE and not _said(conversation)
    if running.update(status=MatchStatus.CLOSED, ended_at=now, updated_at=now, wordless=wordless):
        data = {"match_id": str(conversation.match_id), "status": MatchStatus.CLOSED.value}
        publish([conversation.user_a_id, conversation.user_b_id], "match.updated", data)


def _said(conversation: Conversation) -> bool:
    return Message.objects.by_people().filter(conversation=conversation).exists()


def _id_of(connection: Connection) -> UUID:
    """The conversation that came with a connection; one that it outlived may stand beside it. Raises NotYours."""
    direct = Conversation.objects.filter(connection=connection, kind=Kind.DIRECT)
    found = direct.values_list("id", flat=True).first()
    if found is None:
        raise NotYours()
    return found
