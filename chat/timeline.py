"""The durable events of a conversation: one gapless sequence, told to each side in its own words.

What is pushed over a socket and what `chat.sync` answers are the same frames, made here. They name the two
sides "me" and "them", and us who write them an icebreaker "connect"; no frame carries a user's id before both have
revealed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from chat import images
from chat.enums import EventType, MessageType, RevealState, State
from chat.models import Conversation, ConversationEvent, Message
from chat.models.conversation import CONNECT
from config import bulk, prepared
from config.db import new_id
from connect.realtime import Event, publish_each
from matching.enums import Side

# One statement however many. A message whose client_id stands for an earlier one of its sender is not stored and does
# not come back; the others do, with whether their sender had nothing waiting unread, which is when the other is told,
# and whether they are the first their sender says here; who lets a talk come this far without a word answers and does
# not open it, so that in a long one nothing is looked up.
_APPEND_MESSAGES = """
WITH said AS (
    SELECT * FROM json_to_recordset(%(said)s::json) AS s (
        id uuid, conversation_id uuid, sender_id uuid, seq bigint, side text, client_id text, type text,
        content_ciphertext bytea, content_preview text, contains_sensitive boolean, moderation_label text,
        sent_at timestamptz
    )
), message AS (
    INSERT INTO chat_message (id, conversation_id, sender_id, seq, client_id, type, content_ciphertext,
                              content_preview, contains_sensitive, moderation_label, sent_at)
    SELECT id, conversation_id, sender_id, seq, client_id, type, content_ciphertext,
           content_preview, contains_sensitive, moderation_label, sent_at
    FROM said
    ON CONFLICT (sender_id, client_id) DO NOTHING
    RETURNING id, conversation_id, sender_id, seq, sent_at
), event AS (
    INSERT INTO chat_conversationevent (conversation_id, seq, type, side, message_id, data)
    SELECT message.conversation_id, message.seq, 'message', said.side, id, '{}' FROM message JOIN said USING (id)
), conversation AS (
    UPDATE chat_conversation SET last_seq = latest.seq, last_activity_at = latest.sent_at
    FROM (SELECT conversation_id, max(seq) AS seq, max(sent_at) AS sent_at FROM message GROUP BY 1) AS latest
    WHERE chat_conversation.id = latest.conversation_id
)
SELECT message.id, NOT EXISTS (
    SELECT FROM chat_message AS earlier
    WHERE earlier.conversation_id = message.conversation_id AND earlier.sender_id = message.sender_id
      AND earlier.read_at IS NULL AND earlier.retracted_at IS NULL AND earlier.seq IS NOT NULL
), message.seq <= %(last_opening)s AND NOT EXISTS (
    SELECT FROM chat_message AS earlier
    WHERE earlier.conversation_id = message.conversation_id AND earlier.sender_id = message.sender_id
)
FROM message
"""
_LAST_OPENING = 20
_COLUMNS = (
    "id",
    "conversation_id",
    "sender_id",
    "seq",
    "client_id",
    "type",
    "content_ciphertext",
    "content_preview",
    "contains_sensitive",
    "moderation_label",
    "sent_at",
)


class News(NamedTuple):
    """What a stored message is in its conversation: one to notify the other of, one its sender opens with."""

    notifies: bool
    opens: bool


class _Said(NamedTuple):
    """The event of a message that was just stored, as far as it is told."""

    seq: int
    side: Side
    message: Message
    type: EventType = EventType.MESSAGE
    data: dict[str, Any] = {}


class _Begun(NamedTuple):
    """The first event of a conversation, as its row has it."""

    seq: int
    data: dict[str, Any]
    type: EventType = EventType.STATE
    side: str = ""
    message: None = None


Happened = ConversationEvent | _Said | _Begun


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


def begin(conversations: Sequence[Conversation]) -> list[Event]:
    """Store the first event of new conversations, which their rows have counted: the state they begin in. What the two
    of each are to be told of it after commit.
    """
    begun = [(one, _Begun(one.last_seq, {"state": one.state})) for one in conversations]
    rows = [
        {"id": new_id(), "conversation_id": one.id, "seq": event.seq, "type": event.type, "data": event.data}
        for one, event in begun
    ]
    bulk.insert(ConversationEvent, rows)
    return [frame for one, event in begun for frame in _to_both(one, event, None)]


def append_messages(messages: Sequence[Message]) -> dict[UUID, News]:
    """Store messages with the next numbers of their locked conversations, and their events, in one statement.

    By the id of each that was stored, what it is. One that is missing was not stored, because its client_id stands for
    an earlier message.
    """
    said = orjson.dumps([_row(message) for message in messages]).decode()
    found = prepared.execute(_APPEND_MESSAGES, {"said": said, "last_opening": _LAST_OPENING}).fetchall()
    return {row[0]: News(*row[1:]) for row in found}


def _row(message: Message) -> dict[str, Any]:
    """A message for `_APPEND_MESSAGES`: as one text, since a list a column costs many times as much to write."""
    row = {name: getattr(message, name) for name in _COLUMNS}
    row["side"] = message.conversation.side_of(message.author)
    sealed = message.content_ciphertext
    row["content_ciphertext"] = None if sealed is None else f"\\x{sealed.hex()}"
    return row


def announce_messages(said: Iterable[tuple[Message, str]]) -> None:
    """Push stored messages with their texts to both people's sockets after commit."""
    frames = []
    for message, text in said:
        conversation = message.conversation
        side = conversation.side_of(message.author)
        frames += _to_both(conversation, _Said(message.number, side, message), text)
    publish_each(frames)


def announce(conversation: Conversation, event: ConversationEvent, *, text: str | None = None) -> None:
    """Push an event to both people's sockets after commit."""
    publish_each(_to_both(conversation, event, text))


def frame_of(conversation: Conversation, event: Happened, *, viewer: UUID, text: str | None = None) -> Frame:
    """An event as one of the two people is told of it; `text` is the opened text of its message, if any."""
    common = {"conversation_id": str(conversation.id), "seq": event.seq}
    own = _WORDS[EventType(event.type)](conversation, event, viewer)
    if event.type == EventType.MESSAGE:
        own |= _content(event.message, text, viewer)
    return Frame(_type_of(event), common | own)


def _to_both(conversation: Conversation, event: Happened, text: str | None) -> list[Event]:
    both = (conversation.user_a_id, conversation.user_b_id)
    frames = [(user_id, frame_of(conversation, event, viewer=user_id, text=text)) for user_id in both]
    return [(user_id, frame.type, frame.data) for user_id, frame in frames]


def from_side(conversation: Conversation, side: str, viewer: UUID) -> str:
    """Whose act it was, as the viewer says it; empty where it does not show."""
    if not side:
        return ""
    return "me" if conversation.side_of(viewer) == side else "them"


def _content(message: Message | None, text: str | None, viewer: UUID) -> dict[str, Any]:
    if message is None or text is None or message.type != MessageType.IMAGE:
        return {"text": text}
    return {"text": None, "image": images.shown(message.id, text, viewer)}


def _of_message(conversation: Conversation, event: Happened, viewer: UUID) -> dict[str, Any]:
    message, who = event.message, from_side(conversation, event.side, viewer) or CONNECT
    frame: dict[str, Any] = {"from": who, "pseudonym": _pseudonym(conversation, event.side)}
    if message is None:
        return frame | {"message_id": None, "created_at": None, "read_at": None, "retracted": True, "warning": None}
    frame |= {
        "message_id": str(message.id),
        "type": message.type,
        "created_at": message.sent_at.isoformat(),
        "read_at": message.read_at.isoformat() if message.read_at else None,
        "retracted": message.retracted_at is not None,
        "warning": None if who == "me" else message.warning,
    }
    return frame | ({"client_id": message.client_id} if who == "me" else {})


def _of_retraction(conversation: Conversation, event: Happened, viewer: UUID) -> dict[str, Any]:
    return {"from": from_side(conversation, event.side, viewer), "message_seq": event.data["message_seq"]}


def _of_state(conversation: Conversation, event: Happened, viewer: UUID) -> dict[str, Any]:
    return {"state": event.data["state"]}


def _of_reveal(conversation: Conversation, event: Happened, viewer: UUID) -> dict[str, Any]:
    state = event.data["reveal_state"]
    data = {
        "from": from_side(conversation, event.side, viewer),
        "reveal_state": state,
        "reveal_id": event.data["reveal_id"],
    }
    shown = state == RevealState.MUTUAL and conversation.state == State.REVEALED
    return data | ({"peer_id": str(conversation.other(viewer))} if shown else {})


def _of_gate(conversation: Conversation, event: Happened, viewer: UUID) -> dict[str, Any]:
    return {name: value for name, value in event.data.items() if name != "happened"}


def _type_of(event: Happened) -> str:
    return f"gate.{event.data['happened']}" if event.type == EventType.GATE else _TYPES[EventType(event.type)]


def _pseudonym(conversation: Conversation, side: str) -> str | None:
    if not side:
        return None
    return conversation.pseudonym_a if side == Side.A else conversation.pseudonym_b


_WORDS = {
    EventType.MESSAGE: _of_message,
    EventType.RETRACTION: _of_retraction,
    EventType.STATE: _of_state,
    EventType.GATE: _of_gate,
    EventType.REVEAL: _of_reveal,
}
_TYPES = {
    EventType.MESSAGE: "chat.message",
    EventType.RETRACTION: "chat.retracted",
    EventType.STATE: "chat.state",
    EventType.REVEAL: "reveal.updated",
}
