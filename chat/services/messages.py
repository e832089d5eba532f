"""Saying something, reading it, taking it back."""

import unicodedata
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from chat import timeline
from chat.enums import EventType, State
from chat.models import Conversation, ConversationEvent, Message
from chat.sealing import Box
from chat.services import locks
from chat.timeline import Frame
from config.db import new_id
from config.errors import Invalid, KeyReused, NotYours, WrongState
from connect.enums import NotificationType, RelatedType
from connect.realtime import publish
from connect.services import notifications
from connect.services.notifications import Note
from safety.enums import ReportStatus
from safety.models import Report
from safety.roles import as_service


def send(*, conversation_id: UUID, by: UUID, client_id: str, text: str, now: datetime) -> Message:
    """Say something; sent again with the same `client_id` it is the first message.

    Raises NotYours, KeyReused (the client_id stands for another message), WrongState (conversation_closed,
    conversation_locked), Invalid (message_empty, message_too_long).
    """
    text = clean(text)
    with as_service():
        conversation = locks.conversation(conversation_id, by=by)
        box = Box(conversation)
        sent_before = Message.objects.filter(sender=by, client_id=client_id).first()
        if sent_before:
            return _same(sent_before, box, text)
        locks.refuse_unless_open(conversation)
        first_unread = not _unread(conversation, by).exists()
        message = Message(id=new_id(), conversation=conversation, sender_id=by, client_id=client_id, sent_at=now)
        _store(message, conversation, box, text)
        if first_unread:
            notifications.send([_note(conversation, by)])
    return message


def clean(text: str) -> str:
    """The text without control characters. Raises Invalid when nothing visible is left, or too much."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()
    if len(kept) > settings.MESSAGE_LENGTH:
        limit = settings.MESSAGE_LENGTH
        raise Invalid(f"A message has at most {limit} characters.", code="message_too_long", limit=limit)
    if all(unicodedata.category(c)[0] in "ZC" for c in kept):
        raise Invalid("A message needs some text.", code="message_empty")
    return kept


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

    In an ended conversation nothing is marked: the other side learns nothing any more. Raises NotYours.
    """
    with as_service():
        conversation = Conversation.objects.of(by).filter(id=conversation_id).first()
        if conversation is None:
            raise NotYours()
        if conversation.state == State.CLOSED:
            return 0
        marked = _unread(conversation, conversation.other(by)).filter(seq__lte=seq).update(read_at=now)
    if marked:
        for person, name in ((by, "me"), (conversation.other(by), "them")):
            data = {"conversation_id": str(conversation.id), "seq": seq, "from": name}
            publish([person], "chat.read", data | {"read_at": now.isoformat()})
    return marked


def retract(*, conversation_id: UUID, by: UUID, seq: int, now: datetime) -> Message:
    """Take back one's own message within 15 minutes; doing it twice is once. A tombstone stays.

    While a report about the conversation is open its text stays sealed in the row, and is served to nobody.
    Raises NotYours, WrongState (retraction_too_late).
    """
    with as_service():
        conversation = locks.conversation(conversation_id, by=by)
        message = Message.objects.filter(conversation=conversation, sender=by, seq=seq).first()
        if message is None:
            raise NotYours()
        if message.retracted_at is None:
            _retract(conversation, message, now)
    return message


def _same(sent_before: Message, box: Box, text: str) -> Message:
    other_place = sent_before.conversation_id != box.conversation_id
    if other_place or box.open(sent_before) not in {text, None}:
        raise KeyReused("This client_id was used for a different message.", code="client_id_reused")
    return sent_before


def _store(message: Message, conversation: Conversation, box: Box, text: str) -> None:
    message.seq = conversation.last_seq + 1
    message.content_ciphertext = box.seal(text, message_id=message.id, sender_id=message.sender_id)
    message.save(force_insert=True)
    side = conversation.side_of(message.sender_id)
    event = timeline.append(conversation, EventType.MESSAGE, side=side, message=message)
    conversation.last_activity_at = message.sent_at
    conversation.save(update_fields=["last_seq", "last_activity_at"])
    timeline.announce(conversation, event, text=text)


def _retract(conversation: Conversation, message: Message, now: datetime) -> None:
    if now - message.sent_at > settings.RETRACTION_WINDOW:
        raise WrongState("It is too late to take this back.", code="retraction_too_late")
    message.retracted_at = now
    if not _is_evidence(conversation):
        message.content_ciphertext = None
    message.save(update_fields=["retracted_at", "content_ciphertext"])
    event = timeline.append(
        conversation,
        EventType.RETRACTION,
        side=conversation.side_of(message.sender_id),
        data={"message_seq": message.seq},
    )
    conversation.save(update_fields=["last_seq"])
    if conversation.state != State.CLOSED:
        timeline.announce(conversation, event)


def _is_evidence(conversation: Conversation) -> bool:
    undecided = [ReportStatus.OPEN, ReportStatus.TRIAGED]
    return Report.objects.filter(subject_id=conversation.id, status__in=undecided).exists()


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
