"""Notifications about messages."""

from uuid import UUID

from chat.models import Conversation
from connect.enums import NotificationType, RelatedType
from connect.services.notifications import Note


def new_message(conversation: Conversation, sender: UUID) -> Note:
    """That somebody wrote, for the other."""
    return Note(
        user_id=conversation.other(sender),
        type=NotificationType.NEW_MESSAGE,
        title="New message",
        message=f"{conversation.pseudonym_of(sender)} wrote to you.",
        related_id=conversation.id,
        related_type=RelatedType.CONVERSATION,
    )


def message_rejected(conversation: Conversation, sender: UUID, *, ended: bool = False) -> Note:
    """That a held message will not be delivered, for who wrote it: by a moderator's decision, or since it `ended`."""
    other = conversation.pseudonym_of(conversation.other(sender))
    decided = f"What you wrote to {other} goes against our rules."
    return Note(
        user_id=sender,
        type=NotificationType.MESSAGE_REJECTED,
        title="A message was not delivered",
        message=f"Your conversation with {other} ended first." if ended else decided,
        related_id=conversation.id,
        related_type=RelatedType.CONVERSATION,
    )
