"""The first words of a conversation that nobody has to find: written for its two, by neither.

A conversation is claimed and the claim committed before a writer is asked, who may be somebody outside. What comes back
is looked through, and then said once, in the voice of the app.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from chat import timeline
from chat.enums import EventType, MessageType
from chat.models import Conversation, Message
from chat.sealing import Box
from chat.services import locks
from chat.writers import common, words
from chat.writers.common import Common
from config import isolation
from config.db import new_id
from safety.roles import as_service

BATCH = 20
CLAIM = timedelta(minutes=10)


def write_due(*, now: datetime) -> int:
    """Write a batch of the icebreakers that are due; how many were seen to."""
    claimed = _claim(now)
    isolation.each(_write, ((conversation_id, now) for conversation_id in claimed), failed="icebreaker_failed")
    return len(claimed)


def _claim(now: datetime) -> list[UUID]:
    with transaction.atomic(), as_service():
        due = Conversation.objects.without_icebreaker(now).order_by("icebreaker_due_at")
        found = list(due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:BATCH])
        Conversation.objects.filter(id__in=found).update(icebreaker_due_at=now + CLAIM)
    return found


def _write(conversation_id: UUID, now: datetime) -> bool:
    """One that fails waits until the claim runs out."""
    known = _gather(conversation_id, now)
    if known:
        _say(conversation_id, known, words.written(known), now)
    return known is not None


def _gather(conversation_id: UUID, now: datetime) -> Common | None:
    """What to write from; None where nothing can be said now, or any more."""
    with transaction.atomic(), as_service():
        conversation = _locked(conversation_id)
        return common.of(conversation, now.date()) if conversation else None


def _say(conversation_id: UUID, known: Common, text: str, now: datetime) -> None:
    """Unless it was said, or what it is made of went away meanwhile; then it is due again."""
    with transaction.atomic(), as_service():
        conversation = _locked(conversation_id)
        if conversation is None:
            return
        if common.of(conversation, now.date()) != known:
            conversation.icebreaker_due_at = now
            conversation.save(update_fields=["icebreaker_due_at"])
            return
        _store(conversation, text, now)


def _locked(conversation_id: UUID) -> Conversation | None:
    """Where an icebreaker is still to be said and can be; in one that is over, none will be."""
    rows = Conversation.objects.with_apart().filter(id=conversation_id, icebreaker_due_at__isnull=False)
    conversation = rows.select_for_update(no_key=True, of=("self",)).first()
    if conversation is None or locks.mute(conversation) is None:
        return conversation
    if locks.shut(conversation):
        conversation.icebreaker_due_at = None
        conversation.save(update_fields=["icebreaker_due_at"])
    return None


def _store(conversation: Conversation, text: str, now: datetime) -> None:
    """Nobody is waiting for an answer to it, so that it counts as read; silence counts from before it."""
    message = Message(id=new_id(), conversation=conversation, type=MessageType.ICEBREAKER, sent_at=now, read_at=now)
    message.client_id, message.seq = message.id.hex, conversation.last_seq + 1
    message.content_ciphertext = Box(conversation).seal(text, message_id=message.id, sender_id=None)
    message.save(force_insert=True)
    event = timeline.append(conversation, EventType.MESSAGE, message=message)
    conversation.icebreaker_due_at = None
    conversation.save(update_fields=["last_seq", "icebreaker_due_at"])
    timeline.announce(conversation, event, text=text)
