"""Telling one person of a reveal or of credits, in their language."""

from collections.abc import Mapping
from uuid import UUID

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note
from streaks.writers import phrases

Words = Mapping[str, tuple[str, str]]


def unlocked(user_id: UUID, streak_id: UUID) -> None:
    """Needs the service role."""
    _tell(user_id, NotificationType.REVEAL_UNLOCKED, phrases.UNLOCKED, streak_id, RelatedType.STREAK)


def credited(user_id: UUID, payment_id: UUID) -> None:
    """A payment became credits; never why. Needs the service role."""
    _tell(user_id, NotificationType.CREDITS_GRANTED, phrases.CREDITED, payment_id, RelatedType.PAYMENT)


def too_late(user_id: UUID, payment_id: UUID) -> None:
    """Needs the service role."""
    _tell(user_id, NotificationType.CREDITS_GRANTED, phrases.TOO_LATE, payment_id, RelatedType.PAYMENT)


def _tell(user_id: UUID, kind: NotificationType, words: Words, about: UUID, related: RelatedType) -> None:
    title, message = words[phrases.known(languages([user_id])[user_id])]
    notifications.send([Note(user_id, kind, title, message, about, related)])
