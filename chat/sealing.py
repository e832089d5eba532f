"""Message text at rest: sealed under its conversation's key, bound to conversation, message and sender."""

from uuid import UUID

from chat.models import Conversation, Message
from config.errors import WrongState
from safety.crypto import Tampered, open_sealed, seal, unwrap


class MessageUnreadable(WrongState):
    """The stored bytes are not what was sealed for this place."""

    code = "message_unreadable"
    message = "A message of this conversation cannot be read."


class Box:
    """Seals and opens the messages of one conversation; its key is unwrapped once."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation_id = conversation.id
        self._key = _unwrap(conversation)

    def seal(self, text: str, *, message_id: UUID, sender_id: UUID) -> bytes:
        return seal(self._key, text.encode(), self._context(message_id, sender_id))

    def open(self, message: Message) -> str | None:
        """The text; None for one taken back. Raises MessageUnreadable."""
        if message.retracted_at is not None or message.content_ciphertext is None:
            return None
        return self.open_kept(message)

    def open_kept(self, message: Message) -> str | None:
        """The text also of a retracted message that an open case keeps. Raises MessageUnreadable."""
        if message.content_ciphertext is None:
            return None
        context = self._context(message.id, message.sender_id)
        try:
            return open_sealed(self._key, bytes(message.content_ciphertext), context).decode()
        except Tampered as exc:
            raise MessageUnreadable() from exc

    def _context(self, message_id: UUID, sender_id: UUID) -> bytes:
        return self.conversation_id.bytes + message_id.bytes + sender_id.bytes


def _unwrap(conversation: Conversation) -> bytes:
    if conversation.data_key is None:
        raise MessageUnreadable()
    try:
        return unwrap(bytes(conversation.data_key))
    except Tampered as exc:
        raise MessageUnreadable() from exc
