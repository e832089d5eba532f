"""The files of the pictures in messages."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from chat.models import Message, MessagePicture
from config.errors import NotYours
from connect.services import kept_pictures
from safety.personal_data import StoredFile


def remove(message: Message) -> None:
    """Delete the picture of a message, its file once that is certain. Needs the service role."""
    _delete(MessagePicture.objects.filter(message=message))


def clear(conversations: Iterable[UUID]) -> None:
    """Delete every picture of conversations, as `remove` does. Needs the service role."""
    _delete(MessagePicture.objects.filter(message__conversation__in=conversations))


def lose(picture: MessagePicture, now: datetime) -> None:
    """Delete a picture whose file is gone; that it was sent stays. Raises NotYours."""
    if not MessagePicture.objects.filter(id=picture.id).delete()[0]:
        raise NotYours()


def files_of(person: UUID) -> Iterator[StoredFile]:
    """The pictures somebody sent, for their export; needs the service's rights."""
    return kept_pictures.files_of(MessagePicture.objects.filter(message__sender=person).order_by("id"))


def _delete(pictures: QuerySet[MessagePicture]) -> None:
    kept_pictures.discard(list(pictures.values_list("file", flat=True)))
    pictures.delete()
