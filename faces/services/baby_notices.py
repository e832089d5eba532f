"""Telling both that there is a picture."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import translation

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note
from faces.models import Baby
from faces.wording import BABY_GENERATED


def tell(baby: Baby, people: Sequence[UUID]) -> None:
    """Needs the service role."""
    reads = languages(people)
    notifications.send(_note(baby, person, reads[person]) for person in people)


def _note(baby: Baby, person: UUID, language: str) -> Note:
    with translation.override(language):
        title, message = map(str, BABY_GENERATED)
    return Note(person, NotificationType.BABY_GENERATED, title, message, baby.id, RelatedType.BABY)
