"""Sending a picture to somebody who knows who one is."""

from datetime import datetime
from uuid import UUID

from chat import images
from chat.enums import MessageType, State
from chat.models import Conversation, Message, MessagePicture
from chat.sealing import Box
from chat.services import locks, messages
from chat.services.drafts import Draft
from config.errors import NotYours, WrongState
from connect.pictures import Picture
from connect.services import kept_pictures
from safety.roles import as_service


def send(*, conversation_id: UUID, by: UUID, client_id: str, picture: Picture, now: datetime) -> Message:
    """Say something by a picture, where both know who the other is; sent again with the same `client_id` it is the
    first message.

    Raises NotYours, KeyReused (the client_id stands for another message), WrongState (conversation_closed,
    conversation_locked, conversation_paused, pictures_after_reveal).
    """
    text = images.described(picture)
    said = Draft(conversation_id, by, client_id, text, type=MessageType.IMAGE)
    with as_service():
        row = _kept(said, picture)
        conversation = locks.conversation(conversation_id, by=by)
        box, refusal = Box(conversation), _refusal(conversation)
        if row and not refusal and (stored := messages.keep(said, conversation, box, now)):
            row.save(force_insert=True)
            return stored
        return messages.sent_before(said, box, refusal, now)


def _kept(said: Draft, picture: Picture) -> MessagePicture | None:
    """Its file in the storage, for which nobody should wait who wants to write here; None where it is not needed."""
    conversation = Conversation.objects.of(said.by).with_apart().filter(id=said.conversation_id).first()
    if conversation is None:
        raise NotYours()
    known = Message.objects.filter(sender=said.by, client_id=said.client_id).exists()
    if known or _refusal(conversation):
        return None
    row = MessagePicture(id=said.message_id, message_id=said.message_id)
    kept_pictures.keep(row, picture)
    return row


def _refusal(conversation: Conversation) -> WrongState | None:
    if refusal := locks.mute(conversation):
        return refusal
    if conversation.state != State.REVEALED:
        return WrongState("Pictures can be sent once you see each other.", code="pictures_after_reveal")
    return None
