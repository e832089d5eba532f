"""What log lines say besides what happened."""

from uuid import UUID

import structlog


def about(conversation_id: UUID) -> None:
    """Have every later line of this request name the conversation it is about."""
    structlog.contextvars.bind_contextvars(conversation_id=str(conversation_id))
