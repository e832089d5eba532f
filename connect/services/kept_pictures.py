"""Pictures at rest: sealed under a key of their own, and shown by links that name whom they were made for."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import Model

from config.db import new_id
from config.errors import NotYours
from connect.models import StoredPicture
from connect.pictures import Picture
from connect.private_files import OpenFile, storage
from safety import sealed_files
from safety.crypto import new_data_key, unwrap, wrap
from safety.personal_data import StoredFile
from safety.roles import as_service
from safety.sealed_files import Sealer

Kept = TypeVar("Kept", bound=StoredPicture)


def keep(row: StoredPicture, picture: Picture) -> None:
    """Store a picture, and fill the columns of a row with what is to be known of it; saving the row is the caller's.

    The file comes first: should the row not come, the sweep finds the file, and nobody can open it. Each call makes a
    file of a name of its own, so that a job may repeat it. Raises Unavailable where the storage does not answer.
    """
    key, sealed = new_data_key(), ContentFile(b"")
    with Sealer(sealed, key=key, context=row.id.bytes) as sealer:
        sealer.write(picture.jpeg)
    sealed.seek(0)
    row.file, row.file_key = storage().save(_name(row.folder), sealed), wrap(key)
    row.size, row.digest = len(picture.jpeg), picture.digest
    row.width, row.height = picture.width, picture.height


def content(row: StoredPicture) -> Iterator[bytes]:
    """The JPEG piece by piece. Raises FileNotFoundError at once where it is gone."""
    return sealed_files.opened(storage().open(row.file), key=unwrap(bytes(row.file_key)), context=row.id.bytes)


def discard(files: Iterable[str]) -> None:
    """Delete the files of rows that were deleted, once that is certain. What cannot be deleted then the sweep finds."""
    gone = list(files)

    def delete() -> None:
        for file in gone:
            storage().delete(file)

    transaction.on_commit(delete, robust=True)


def signature(row: StoredPicture, *, viewer: UUID) -> str:
    """What shows the picture to whoever has it, for as long as its kind's links last and `viewer` may see it."""
    return _signer(row).sign(f"{row.id}:{viewer}").partition(":")[2]


def signed(model: type[Kept], *, picture_id: UUID, signature: str, now: datetime) -> Kept:
    """The picture that a link shows.

    Raises NotYours, also for a wrong or old signature and for one whose viewer may not see the picture any more.
    """
    try:
        lifetime = getattr(settings, model.link_lifetime)
        value = _signer(model).unsign(f"{picture_id}:{signature}", max_age=lifetime)
        rows: Any = model._default_manager
        with as_service():
            row: Kept = rows.shown_to(UUID(value.partition(":")[2]), now).get(id=picture_id)
        return row
    except (BadSignature, model.DoesNotExist) as exc:
        raise NotYours() from exc


def opened(row: StoredPicture) -> OpenFile:
    """A picture as it goes out to somebody who may see it, which needs no database. Raises NotYours where its file is
    gone, Unavailable where the storage is.
    """
    try:
        return OpenFile(row.size, content(row))
    except FileNotFoundError as gone:
        raise NotYours() from gone


def files_of(rows: Iterable[StoredPicture]) -> Iterator[StoredFile]:
    """Pictures of one kind for an export, numbered in their order; needs the service's rights."""
    for number, row in enumerate(rows, start=1):
        yield StoredFile(f"{row.folder}/{number}.jpg", partial(content, row))


def _name(folder: str) -> str:
    name = new_id()
    return f"{folder}/{name.hex[-2:]}/{name}.jpg"  # the end of an id is drawn, its beginning the time


def _signer(kind: Model | type[Model]) -> TimestampSigner:
    return TimestampSigner(salt=kind._meta.label_lower)
