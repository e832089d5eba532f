"""The durable events of a conversation: one gapless sequence, told to each side in its own words.

What is pushed over a socket and what `chat.sync` answers are the same frames, made here. They name the two
sides "me" and "them"; no frame carries a user's id before both have revealed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chat.enums import EventType, RevealState
from chat.models import Conversation, ConversationEvent, Message
from connect.realtime import publish
from matching.enums import Side


@dataclass(frozen=True)
class Frame:
    """One server frame for one person."""

    type: str
    data: dict[str, Any]


def append(
    conversation: Conversation,
    type: EventType,
    *,
    side: Side | None = None,
    message: Message | None = None,
    data: dict[str, Any] | None = None,
) -> ConversationEvent:
    """Give the next number of a locked conversation to a new event; the caller saves the conversation."""
    conversation.last_seq += 1
    return ConversationEvent.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        type=type,
        side=side or "",
        message=message,
        data=data or {},
    )


def announce(conversation: Conversation, event: ConversationEvent, *, text: str | None = None) -> None:
    """Push an event to both people's sockets after commit."""
    for user_id in (conversation.user_a_id, conversation.user_b_id):
        frame = frame_of(conversation, event, viewer=user_id, text=text)
        publish([user_id], frame.type, frame.data)


def frame_of(conversation: Conversation, event: ConversationEvent, *, viewer: UUID, text: str | None = None) -> Frame:
    """An event as one of the two people is told of it; `text` is the opened text of its message, if any."""
    common = {"conversation_id": str(conversation.id), "seq": event.seq}
    own = _WORDS[EventType(event.type)](conversation, event, viewer)
    if event.type == EventType.MESSAGE:
        own["text"] = text
    return Frame(_TYPES[EventType(event.type)], common | own)


def from_side(conversation: Conversation, side: str, viewer: UUID) -> str:
    """Whose act it was, as the viewer says it; empty where it does not show."""
    if not side:
        return ""
    return "me" if conversation.side_of(viewer) == side else "them"


def _of_message(conversation: Conversation, event: ConversationEvent, viewer: UUID) -> dict[str, Any]:
    message, who = event.message, from_side(conversation, event.side, viewer)
    frame: dict[str, Any] = {"from": who, "pseudonym": _pseudonym(conversation, event.side)}
    if message is None:
        return frame | {"message_id": None, "created_at": None, "read_at": None, "retracted": True}
    frame |= {
        "message_id": str(message.id),
        "type": message.type,
        "created_at": message.sent_at.isoformat(),
        "read_at": message.read_at.isoformat() if message.read_at else None,
        "retracted": message.retracted_at is not None,
    }
    return frame | ({"client_id": message.client_id} if who == "me" else {})


def _of_retraction(conversation: Conversation, event: ConversationEvent, viewer: UUID) -> dict[str, Any]:
    return {"from": from_side(conversation, event.side, viewer), "message_seq": event.data["message_seq"]}


def _of_state(conversation: Conversation, event: ConversationEvent, viewer: UUID) -> dict[str, Any]:
    return {"state": event.data["state"]}


def _of_reveal(conversation: Conversation, event: ConversationEvent, viewer: UUID) -> dict[str, Any]:
    state = event.data["reveal_state"]
    data = {
        "from": from_side(conversation, event.side, viewer),
        "reveal_state": state,
        "reveal_id": event.data["reveal_id"],
    }
    return data | ({"peer_id": str(conversation.other(viewer))} if state == RevealState.MUTUAL else {})


def _pseudonym(conversation: Conversation, side: str) -> str:
    return conversation.pseudonym_a if side == Side.A else conversation.pseudonym_b


_WORDS = {
    EventType.MESSAGE: _of_message,
    EventType.RETRACTION: _of_retraction,
    EventType.STATE: _of_state,
    EventType.REVEAL: _of_reveal,
}
_TYPES = {
    EventType.MESSAGE: "chat.message",
    EventType.RETRACTION: "chat.retracted",
    EventType.STATE: "chat.state",
    EventType.REVEAL: "reveal.updated",
}
