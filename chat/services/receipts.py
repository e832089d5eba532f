"""What a sender is told of messages that are committed."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from chat.enums import HoldStatus
from chat.models import Message
from chat.services import notices

SENT = "sent"
STATUSES = [SENT, HoldStatus.HELD.value, HoldStatus.REJECTED.value]

Receipt = dict[str, Any]
"""message_id, seq (null while held, and when rejected), created_at, status and, where there is one, a notice."""


def receipt(message: Message) -> Receipt:
    return receipts([message])[message.id]


def receipts(messages: Collection[Message]) -> dict[UUID, Receipt]:
    """By message id; without a query when nothing was minded in any of them."""
    told = notices.of(messages)
    return {
        message.id: {
            "message_id": message.id,
            "seq": message.seq,
            "created_at": message.sent_at,
            "status": SENT if message.seq is not None else HoldStatus(message.hold.status).value,
            "notice": told.get(message.id),
        }
        for message in messages
    }
