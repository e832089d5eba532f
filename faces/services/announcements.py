"""Telling people of what came of faces, each in their own language."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import translation

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note
from faces.wording import Words
from matching.models import Connection


def tell(people: Sequence[UUID], kind: NotificationType, words: Words, about: Connection | None = None) -> None:
    """Notify each of these people; needs the service role."""
    reads = languages(people)
    related = (about.id, RelatedType.CONNECTION) if about else (None, None)
    notifications.send(Note(user_id, kind, *_said(words, reads[user_id]), *related) for user_id in people)


def _said(words: Words, language: str) -> tuple[str, str]:
    title, message = words
    with translation.override(language):
        return str(title), str(message)
