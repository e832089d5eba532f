"""Messages that wait for a moderator: until it is released, the other learns nothing of one."""

from datetime import datetime
from uuid import UUID

from chat import timeline
from chat.enums import EventType, HoldStatus
from chat.models import Conversation, HeldMessage, Message
from chat.sealing import Box
from chat.services import locks, notes
from chat.services.drafts import Draft
from config.errors import Forbidden, NotYours, WrongState
from connect.services import notifications
from safety.roles import as_service
from safety.services import audit, traces
from safety.services.traces import Opener


def keep(said: Draft, message: Message, now: datetime) -> bool:
    """Store a sealed message of a locked conversation without a number; False when its client_id is taken."""
    opens = not Message.objects.filter(conversation=said.conversation_id, sender=said.by).exists()
    message.held_at = now
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(id=message.id).exists():
        return False
    HeldMessage.objects.create(message=message, label=message.moderation_label, risk=said.decision.risk)
    if opens:
        traces.note_openers([Opener(said.by, said.conversation_id, said.text)], now=now)
    return True


def read(*, hold: UUID, by: UUID) -> str:
    """The text of a held message, for a moderator; each reading is audited.

    Raises NotYours, MessageUnreadable, Forbidden for the two of its conversation.
    """
    with as_service():
        found = HeldMessage.objects.select_related("message__conversation").filter(id=hold).first()
        if found is None:
            raise NotYours()
        _refuse_party(found.message.conversation, by)
        audit.record(action="held_read", actor=by, entity="chat_heldmessage", entity_id=hold)
        return Box(found.message.conversation).open(found.message) or ""


def release(*, hold: UUID, by: UUID, now: datetime) -> None:
    """Deliver a held message: it is said now, with the next number.

    Raises NotYours, WrongState, Forbidden for the two of its conversation.
    """
    with as_service():
        held, conversation = _take(hold, by)
        locks.refuse_if_mute(conversation)
        _decide(held, HoldStatus.RELEASED, by, now)
        _say(conversation, held.message, now)


def reject(*, hold: UUID, by: UUID, now: datetime) -> None:
    """Never deliver a held message, and tell who wrote it. Raises what `release` does."""
    with as_service():
        held, conversation = _take(hold, by)
        _decide(held, HoldStatus.REJECTED, by, now)
        notifications.send([notes.message_rejected(conversation, held.message.author)])


def reject_waiting(conversation: Conversation, now: datetime) -> None:
    """What is still held when a locked conversation ends is delivered to nobody, and who wrote it is told."""
    waiting = HeldMessage.objects.filter(message__conversation=conversation).waiting()
    senders = set(waiting.values_list("message__sender", flat=True))
    waiting.decide(HoldStatus.REJECTED, now)
    notifications.send([notes.message_rejected(conversation, sender, ended=True) for sender in senders])


def _take(hold: UUID, by: UUID) -> tuple[HeldMessage, Conversation]:
    """A waiting row under the lock of its conversation, which whatever writes there takes first."""
    place = HeldMessage.objects.filter(id=hold).values_list("message__conversation", flat=True).first()
    if place is None:
        raise NotYours()
    conversation = Conversation.objects.with_apart().select_for_update(no_key=True).get(id=place)
    _refuse_party(conversation, by)
    held = HeldMessage.objects.select_related("message").get(id=hold)
    if held.status != HoldStatus.HELD:
        raise WrongState(f"The message is {held.status}.")
    return held, conversation


def _refuse_party(conversation: Conversation, by: UUID) -> None:
    """Nobody decides what they wrote themselves, or what was written to them."""
    if by in {conversation.user_a_id, conversation.user_b_id}:
        raise Forbidden("This is a conversation of your own.", code="own_case")


def _decide(held: HeldMessage, status: HoldStatus, by: UUID, now: datetime) -> None:
    held.status, held.decided_by_id, held.decided_at = status, by, now
    held.save(update_fields=["status", "decided_by", "decided_at"])
    audit.record(action=f"held_{status.value}", actor=by, entity="chat_heldmessage", entity_id=held.id)


def _say(conversation: Conversation, message: Message, now: datetime) -> None:
    """As if it was said now and nobody had minded, so that the other cannot tell that it was held."""
    waiting = Message.objects.filter(conversation=conversation, sender=message.sender_id).waiting().exists()
    side = conversation.side_of(message.author)
    event = timeline.append(conversation, EventType.MESSAGE, side=side, message=message)
    message.seq, message.sent_at, message.moderation_label = event.seq, now, ""
    message.save(update_fields=["seq", "sent_at", "moderation_label"])
    conversation.last_activity_at = now
    conversation.save(update_fields=["last_seq", "last_activity_at"])
    timeline.announce(conversation, event, text=Box(conversation).open(message))
    if not waiting:
        notifications.send([notes.new_message(conversation, message.author)])
