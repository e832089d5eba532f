"""Saying something, reading it, taking it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet

from chat import timeline
from chat.enums import EventType, State
from chat.models import Conversation, ConversationEvent, Message
from chat.sealing import Box
from chat.services import locks
from chat.services.drafts import Draft, draft, unsent
from chat.timeline import Frame
from config.db import new_id
from config.errors import Invalid, KeyReused, NotYours, WrongState
from connect.enums import NotificationType, RelatedType
from connect.realtime import publish
from connect.services import notifications
from connect.services.notifications import Note
from safety.roles import as_service


def send(*, conversation_id: UUID, by: UUID, client_id: str, text: str, now: datetime) -> Message:
    """Say something; sent again with the same `client_id` it is the first message.

    Raises NotYours, KeyReused (the client_id stands for another message), WrongState (conversation_closed,
    conversation_locked), Invalid (message_empty, message_too_long).
    """
    said = draft(conversation_id=conversation_id, by=by, client_id=client_id, text=text)
    with as_service():
        conversation = locks.conversation(conversation_id, by=by)
        box = Box(conversation)
        refusal = locks.shut(conversation)
        stored = {} if refusal else _store([(said, _sealed(said, conversation, box, now))])
        return stored.get(said) or _sent_before(said, box, refusal)


def send_together(drafts: Sequence[Draft], *, now: datetime) -> dict[Draft, Message]:
    """Say what can be said without waiting and without a question, in statements that are the same for any number.

    What is missing in the answer was not said and is for `send`: its conversation is not the sender's, shut or held by
    another transaction, or its client_id is not new. Raises DatabaseError when another transaction took a client_id
    meanwhile. Needs the service's rights.
    """
    free = locks.free_conversations({said.conversation_id for said in drafts})
    boxes = {room.id: Box(room) for room in free.values() if not locks.shut(room)}
    sealed = []
    for said in unsent(drafts):
        room = free.get(said.conversation_id)
        if room and room.id in boxes and said.by in (room.user_a_id, room.user_b_id):
            sealed.append((said, _sealed(said, room, boxes[room.id], now)))
    stored = _store(sealed)
    if len(stored) < len(sealed):
        raise IntegrityError("a client_id was taken meanwhile")
    return stored


def after(*, conversation: Conversation, after_seq: int, limit: int, viewer: UUID) -> list[Frame]:
    """The durable events after a number, in order, as `viewer` is told of them; one query, one unwrapping."""
    events = ConversationEvent.objects.filter(conversation=conversation, seq__gt=after_seq)
    box = Box(conversation)
    return [
        timeline.frame_of(conversation, event, viewer=viewer, text=box.open(event.message) if event.message else None)
        for event in events.select_related("message").order_by("seq")[:limit]
    ]


def read(*, conversation_id: UUID, by: UUID, seq: int, now: datetime) -> int:
    """Mark what the other said up to `seq` as read, and tell them. How many were unread.

    In an ended conversation nothing is marked: the other side learns nothing any more. Raises NotYours, or Invalid
    (seq_unknown) for a number that no event has yet.
    """
    with as_service():
        conversation = Conversation.objects.of(by).with_apart().filter(id=conversation_id).first()
        if conversation is None:
            raise NotYours()
        if seq > conversation.last_seq:
            raise Invalid("Nothing has that number yet.", code="seq_unknown", last_seq=conversation.last_seq)
        if conversation.state == State.CLOSED or conversation.apart:
            return 0
        marked = _unread(conversation, conversation.other(by)).filter(seq__lte=seq).update(read_at=now)
    if marked:
        for person, name in ((by, "me"), (conversation.other(by), "them")):
            data = {"conversation_id": str(conversation.id), "seq": seq, "from": name}
            publish([person], "chat.read", data | {"read_at": now.isoformat()})
    return marked


def retract(*, conversation_id: UUID, by: UUID, seq: int, now: datetime) -> Message:
    """Take back one's own message within 15 minutes; doing it twice is once. A tombstone stays.

    A conversation that ended, as one that is reported does at once, stays as it was. Raises NotYours, WrongState
    (retraction_too_late, conversation_closed).
    """
    with as_service():
        conversation = locks.conversation(conversation_id, by=by)
        message = Message.objects.filter(conversation=conversation, sender=by, seq=seq).first()
        if message is None:
            raise NotYours()
        if message.retracted_at is None:
            _retract(conversation, message, now)
    return message


def _sealed(said: Draft, conversation: Conversation, box: Box, now: datetime) -> Message:
    """The message with the next number of its locked conversation."""
    conversation.last_seq += 1
    message = Message(id=new_id(), conversation=conversation, sender_id=said.by, client_id=said.client_id, sent_at=now)
    message.seq = conversation.last_seq
    message.content_ciphertext = box.seal(said.text, message_id=message.id, sender_id=said.by)
    return message


def _store(sealed: Sequence[tuple[Draft, Message]]) -> dict[Draft, Message]:
    """Those that were stored, told to both sides once committed."""
    if not sealed:
        return {}
    caught_up = timeline.append_messages([message for _, message in sealed])
    stored = {said: message for said, message in sealed if message.id in caught_up}
    timeline.announce_messages((message, said.text) for said, message in stored.items())
    first = {(said.conversation_id, said.by): message for said, message in stored.items() if caught_up[message.id]}
    notifications.send([_note(message.conversation, by) for (_, by), message in first.items()])
    return stored


def _sent_before(said: Draft, box: Box, refusal: WrongState | None) -> Message:
    """The message its client_id stands for; where it stands for none, what refused it."""
    first = Message.objects.filter(sender=said.by, client_id=said.client_id).first()
    if first is None:
        raise refusal or WrongState()
    if first.conversation_id != said.conversation_id or not box.holds(first, said.text):
        raise KeyReused("This client_id was used for a different message.", code="client_id_reused")
    return first


def _retract(conversation: Conversation, message: Message, now: datetime) -> None:
    locks.refuse_unless_open(conversation)
    if now - message.sent_at > settings.RETRACTION_WINDOW:
        raise WrongState("It is too late to take this back.", code="retraction_too_late")
    message.retracted_at = now
    Box(conversation).shred(message)
    message.save(update_fields=["retracted_at", "content_ciphertext", "retracted_digest"])
    event = timeline.append(
        conversation,
        EventType.RETRACTION,
        side=conversation.side_of(message.sender_id),
        data={"message_seq": message.seq},
    )
    conversation.save(update_fields=["last_seq"])
    timeline.announce(conversation, event)


def _unread(conversation: Conversation, sender: UUID) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation, sender=sender, read_at=None, retracted_at=None)


def _note(conversation: Conversation, sender: UUID) -> Note:
    return Note(
        user_id=conversation.other(sender),
        type=NotificationType.NEW_MESSAGE,
        title="New message",
        message=f"{conversation.pseudonym_of(sender)} wrote to you.",
        related_id=conversation.id,
        related_type=RelatedType.CONVERSATION,
    )
