"""Saying something, reading it, taking it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet

from chat import timeline
from chat.enums import EventType, MessageType, State
from chat.models import Conversation, ConversationEvent, Message
from chat.sealing import Box
from chat.services import holds, locks, notes, pairings, pictures
from chat.services.drafts import Draft, MessageRefused, draft, unsent
from chat.timeline import Frame, News
from config import tracing
from config.errors import DomainError, Invalid, KeyReused, NotYours, WrongState
from connect.realtime import publish
from connect.services import notifications
from safety.enums import FlagKind
from safety.roles import as_service
from safety.services import flags, traces
from safety.services.traces import Opener
from safety.words.rules import Label


def send(*, conversation_id: UUID, by: UUID, client_id: str, text: str, now: datetime) -> Message:
    """Say something; sent again with the same `client_id` it is the first message.

    By what the rules make of it, it is delivered, perhaps with a label, or held (no `seq`) until a moderator decides.
    Raises NotYours, KeyReused (the client_id stands for another message), WrongState (conversation_closed,
    conversation_locked, conversation_paused), Invalid (message_empty, message_too_long), and MessageRefused, of which a
    trace is to be kept: whoever catches it lets the transaction commit.
    """
    said = draft(conversation_id=conversation_id, by=by, client_id=client_id, text=text)
    with as_service(), tracing.span("chat.send"):
        conversation = locks.conversation(conversation_id, by=by)
        box = Box(conversation)
        refusal = locks.mute(conversation) or locks.over(conversation, now) or said.refusal
        if not refusal and (stored := keep(said, conversation, box, now)):
            return stored
        return sent_before(said, box, refusal, now)


def send_together(drafts: Sequence[Draft], *, now: datetime) -> dict[Draft, Message]:
    """Say what can be said without waiting and without a question, in statements that are the same for any number.

    What is missing in the answer was not said and is for `send`: its conversation is not the sender's, shut or held by
    another transaction, its client_id is not new, or the rules refuse or hold it. Raises DatabaseError when another
    transaction took a client_id meanwhile. Needs the service's rights.
    """
    free = locks.free_conversations({said.conversation_id for said in drafts})
    boxes = {room.id: Box(room) for room in free.values() if not (locks.mute(room) or locks.over(room, now))}
    sealed = []
    for said in unsent(drafts):
        room = free.get(said.conversation_id)
        if room and room.id in boxes and said.is_plain and said.by in (room.user_a_id, room.user_b_id):
            sealed.append((said, _numbered(_sealed(said, room, boxes[room.id], now))))
    stored = _store(sealed, now)
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
        pairings.see(conversation, by=by, now=now)
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


def keep(said: Draft, conversation: Conversation, box: Box, now: datetime) -> Message | None:
    """Store a draft, said or held, in its locked conversation; None when its client_id is taken. Needs the service
    role.
    """
    message = _sealed(said, conversation, box, now)
    if said.is_held:
        return message if holds.keep(said, message, now) else None
    return _store([(said, _numbered(message))], now).get(said)


def _sealed(said: Draft, conversation: Conversation, box: Box, now: datetime) -> Message:
    message = Message(
        id=said.message_id, conversation=conversation, sender_id=said.by, client_id=said.client_id, sent_at=now
    )
    message.type, message.moderation_label = said.type, said.label
    message.content_ciphertext = box.seal(said.text, message_id=message.id, sender_id=said.by)
    return message


def _numbered(message: Message) -> Message:
    """With the next number of its locked conversation."""
    message.conversation.last_seq += 1
    message.seq = message.conversation.last_seq
    return message


def _store(sealed: Sequence[tuple[Draft, Message]], now: datetime) -> dict[Draft, Message]:
    """Those that were stored, told to both sides once committed."""
    if not sealed:
        return {}
    news = timeline.append_messages([message for _, message in sealed])
    stored = {said: message for said, message in sealed if message.id in news}
    timeline.announce_messages((message, said.text) for said, message in stored.items())
    first = {(said.conversation_id, said.by): message for said, message in stored.items() if news[message.id].notifies}
    notifications.send([notes.new_message(message.conversation, by) for (_, by), message in first.items()])
    _watch(stored, news, now)
    return stored


def _watch(stored: dict[Draft, Message], news: dict[UUID, News], now: datetime) -> None:
    """Silent flags; nothing to do for what nobody minds and opens no conversation."""
    openers: dict[tuple[UUID, UUID], Opener] = {}
    for said, message in stored.items():
        if news[message.id].opens and said.type == MessageType.TEXT:
            openers.setdefault((said.by, said.conversation_id), Opener(said.by, said.conversation_id, said.text))
        if said.label == Label.MINOR_RISK:
            _flag(said, message, now)
    traces.note_openers(list(openers.values()), now=now)


def _flag(said: Draft, message: Message, now: datetime) -> None:
    flags.raise_flag(
        user=said.by,
        kind=FlagKind.RISKY_TEXT,
        source_kind="message",
        source_id=message.id,
        data={"label": said.label, "risk": said.decision.risk},
        now=now,
    )


def sent_before(said: Draft, box: Box, refusal: DomainError | None, now: datetime) -> Message:
    """The message its client_id stands for; where it stands for none, what refused it, noted if that was the text.

    Raises KeyReused, or the refusal. Needs the service role.
    """
    first = Message.objects.select_related("hold").filter(sender=said.by, client_id=said.client_id).first()
    if first is None and isinstance(refusal, MessageRefused):
        traces.note_refused(by=said.by, place=said.conversation_id, client_id=said.client_id, label=said.label, now=now)
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
    if message.type == MessageType.IMAGE:
        pictures.remove(message)
    message.save(update_fields=["retracted_at", "content_ciphertext", "retracted_digest"])
    event = timeline.append(
        conversation,
        EventType.RETRACTION,
        side=conversation.side_of(message.author),
        data={"message_seq": message.seq},
    )
    conversation.save(update_fields=["last_seq"])
    timeline.announce(conversation, event)


def _unread(conversation: Conversation, sender: UUID) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation, sender=sender).waiting()
