"""Message text at rest: sealed under its conversation's key, bound to conversation, message and sender."""

import hmac
from uuid import UUID

from chat.models import Conversation, Message
from config.errors import WrongState
from safety.crypto import Cipher, Tampered, unwrap


class MessageUnreadable(WrongState):
    """The stored bytes are not what was sealed for this place."""

    code = "message_unreadable"
    message = "A message of this conversation cannot be read."


class Box:
    """Seals and opens the messages of one conversation; its key is unwrapped once.

    A message's place is the 48 bytes of the ids of conversation, message and sender, of whom an icebreaker has none.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._place = conversation.id.bytes
        self._key = _unwrap(conversation)
        cipher = Cipher(self._key)
        self._seal, self._open = cipher.seal, cipher.open

    def seal(self, text: str, *, message_id: UUID, sender_id: UUID | None) -> bytes:
        return self._seal(text.encode(), self._place + _place(message_id, sender_id))

    def open(self, message: Message) -> str | None:
        """The text; None for one taken back. Raises MessageUnreadable."""
        sealed = message.content_ciphertext
        if sealed is None:
            return None
        try:
            return self._open(sealed, self._place + _place(message.id, message.sender_id)).decode()
        except Tampered as exc:
            raise MessageUnreadable() from exc

    def shred(self, message: Message) -> None:
        """Drop the text of a message and keep what tells whether another is the same; the caller saves it."""
        text = self.open(message)
        message.retracted_digest = None if text is None else self._digest(text, message.id)
        message.content_ciphertext = None

    def holds(self, message: Message, text: str) -> bool:
        """Whether a message has, or had before it was taken back, this text. Raises MessageUnreadable."""
        if message.content_ciphertext is not None:
            return self.open(message) == text
        return hmac.compare_digest(bytes(message.retracted_digest or b""), self._digest(text, message.id))

    def _digest(self, text: str, message_id: UUID) -> bytes:
        return hmac.digest(self._key, message_id.bytes + text.encode(), "sha256")


def _place(message_id: UUID, sender_id: UUID | None) -> bytes:
    return (message_id.int << 128 | (sender_id.int if sender_id else 0)).to_bytes(32)


def _unwrap(conversation: Conversation) -> bytes:
    if conversation.data_key is None:
        raise MessageUnreadable()
    try:
        return unwrap(bytes(conversation.data_key))
    except Tampered as exc:
        raise MessageUnreadable() from exc
