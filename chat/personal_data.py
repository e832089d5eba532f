"""What people say to each other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from chat.enums import CloseReason, MessageType, State
from chat.models import (
    Conversation,
    ConversationEvent,
    DecisionGate,
    GateWindow,
    HeldMessage,
    Message,
    MessagePicture,
    Reveal,
)
from chat.sealing import Box, MessageUnreadable
from chat.services import conversations, pictures, presence
from safety.parts import both, deletes, empties, replaces_in_pair, sweeping, with_its_owner
from safety.personal_data import Erasure, Leaving, Part, Retention, before_erasure, register
from safety.roles import as_service

TALK = "so that two people can talk"
SEEN_BY_BOTH = "you; the other, under your pseudonym until a reveal; moderators where it is reported"


def leave(person: UUID, now: datetime) -> None:
    """Close a leaver's conversations, each in its own transaction; the others see only that they ended."""
    with transaction.atomic(), as_service():
        ids = list(Conversation.objects.of(person).open().order_by("id").values_list("id", flat=True))
    for conversation_id in ids:
        with transaction.atomic():
            conversations.close(
                conversation_id=conversation_id, reason=CloseReason.ERASED, by=None, now=now, leaver=person
            )
    presence.forget(person)


def _conversation(row: Any, person: UUID) -> dict[str, Any]:
    names = ("id", "kind", "state", "reveal_state", "created_at", "closed_at")
    other = row.pseudonym_of(row.other(person))
    return {"you": row.pseudonym_of(person), "other": other} | {name: getattr(row, name) for name in names}


def _message(row: Any, person: UUID) -> dict[str, Any]:
    try:
        text = None if row.type == MessageType.IMAGE else Box(row.conversation).open(row)
    except MessageUnreadable:  # one such message must not keep a person from all the others
        text = None
    sender = "you" if row.sender_id == person else row.conversation.pseudonym_of(row.sender_id)
    names = ("conversation_id", "seq", "type", "sent_at", "read_at", "retracted_at")
    return {"from": sender, "text": text} | {name: getattr(row, name) for name in names}


def _picture(row: Any, person: UUID) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("width", "height", "created_at")}
    return {"conversation_id": row.message.conversation_id, "seq": row.message.seq} | told


def _unbreak(model: type[Model], leaving: Leaving) -> int:
    """What was written for two is made of what both told of themselves."""
    talks = Conversation.objects.of(leaving.person)
    written = Message.objects.filter(conversation__in=talks, type=MessageType.ICEBREAKER)
    ConversationEvent.objects.filter(message__in=written).update(message=None)
    written.delete()
    return 0


def _held_back(person: UUID) -> Q:
    """What the other wrote and a moderator did not let pass, or not yet."""
    return Q(seq=None) & ~Q(sender=person)


def _hold(row: Any, person: UUID) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("status", "created_at", "decided_at")}


def _gate(row: Any, person: UUID) -> dict[str, Any]:
    names = ("conversation_id", "gate_minute", "opens_at", "closes_at", "status")
    return {"outcome": row.shown_outcome} | {name: getattr(row, name) for name in names}


def _reveal(row: Any, person: UUID) -> dict[str, Any]:
    names = ("conversation_id", "status", "created_at", "expires_at", "resolved_at")
    return {"asked_by_you": row.requested_by_id == person} | {name: getattr(row, name) for name in names}


def _unsay(model: type[Model], leaving: Leaving) -> int:
    """The events of a leaver's messages stay, as those of messages taken back: the numbers have no gap."""
    ConversationEvent.objects.filter(message__sender=leaving.person).update(message=None)
    return 0


def _ended_before(model: type[Model], moment: datetime) -> QuerySet[Any]:
    return Conversation.objects.filter(state=State.CLOSED, closed_at__lte=moment)


def _clear(ended: QuerySet[Any]) -> None:
    """Key, words, events and all: nothing of a conversation stays."""
    ids = list(ended.values_list("id", flat=True))
    held: Any = HeldMessage.objects.filter(message__conversation__in=ids)
    held._raw_delete(held.db)
    pictures.clear(ids)
    for model in (ConversationEvent, DecisionGate, GateWindow, Reveal, Message):
        rows: Any = model._default_manager.filter(conversation__in=ids)
        rows._raw_delete(rows.db)
    ended._raw_delete(ended.db)


def declare() -> None:
    before_erasure(leave)
    register(*_said(), *_of_messages(), *_happened(), *_decided())


def _said() -> list[Part]:
    return [
        Part(
            Conversation,
            "Your conversations",
            TALK,
            replaces_in_pair("user_a", "user_b"),
            belongs=("user_a", "user_b"),
            shown=_conversation,
            seen_by=SEEN_BY_BOTH,
            retention=Retention("conversations", "its end, with all that was said", sweeping(_ended_before, _clear)),
        ),
        Part(
            Message,
            "What was said",
            TALK,
            both(deletes("sender"), Erasure("an icebreaker deleted for both", _unbreak)),
            belongs=("conversation__user_a", "conversation__user_b"),
            related=("conversation",),
            unknown=_held_back,
            shown=_message,
            seen_by=SEEN_BY_BOTH,
            lasts="as long as the conversation",
        ),
    ]


def _of_messages() -> list[Part]:
    return [
        Part(
            MessagePicture,
            "Pictures you sent",
            TALK,
            deletes("message__sender"),
            belongs=("message__sender",),
            related=("message",),
            shown=_picture,
            files=pictures.files_of,
            seen_by="you and the other, while the conversation runs; moderators where it is reported",
            lasts="as long as the message",
        ),
        Part(
            HeldMessage,
            "Messages of yours that a moderator looked at first",
            "so that nobody is hurt by what they are sent",
            both(
                deletes("message__sender"),
                empties("decided_by", words="staff who leave are forgotten"),
            ),
            belongs=("message__sender",),
            shown=_hold,
            seen_by="you; moderators",
            lasts="as long as the message",
        ),
    ]


def _happened() -> list[Part]:
    return [
        Part(
            ConversationEvent,
            "The order of what happened in a conversation",
            "so that no device misses anything",
            Erasure("kept with the conversation, without your words", _unsay),
            belongs=("conversation__user_a", "conversation__user_b"),
            withheld="it is the order of the messages, which are",
            seen_by=SEEN_BY_BOTH,
            lasts="as long as the conversation",
        ),
    ]


def _decided() -> list[Part]:
    return [
        Part(
            GateWindow,
            "When you were asked whether to show yourselves, and what came of it",
            "so that both are asked at the same moment",
            with_its_owner("kept with the conversation; there is nobody in it"),
            belongs=("conversation__user_a", "conversation__user_b"),
            shown=_gate,
            seen_by=SEEN_BY_BOTH,
            lasts="as long as the conversation",
        ),
        Part(
            DecisionGate,
            "What you decided then",
            "so that nobody is shown who does not want it",
            deletes("user"),
            seen_by="you; what came of it, the other",
            lasts="as long as the conversation",
        ),
        Part(
            Reveal,
            "Offers to show yourselves",
            "so that nobody is shown who does not want it",
            deletes("requested_by", "requested_to"),
            belongs=("requested_by", "requested_to"),
            shown=_reveal,
            seen_by=SEEN_BY_BOTH,
            lasts="as long as the conversation",
        ),
    ]
