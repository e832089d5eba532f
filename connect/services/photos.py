"""A person's photos: three to six, in their order, seen by themselves and by whom they let know them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import F

from config.db import new_id
from config.errors import CapacityReached, Invalid, NotYours, WrongState
from connect import detection, pictures, requirements
from connect.detection import Sighting
from connect.enums import SignalKind
from connect.models import Photo, User
from connect.models.photo import MOST
from connect.pictures import Picture
from connect.services import verifications
from connect.services.exports import OpenFile
from safety import sealed_files
from safety.crypto import new_data_key, unwrap, wrap
from safety.personal_data import StoredFile
from safety.roles import as_service
from safety.sealed_files import Sealer

FOLDER = "photos"


@dataclass(frozen=True)
class Examined:
    """A picture that was taken apart, written anew and looked at; `analyzer` is who looked."""

    picture: Picture
    seen: Sighting
    analyzer: str


def examine(file: IO[bytes]) -> Examined:
    """Make of what somebody sent what is kept of it. It takes a second and asks no database. Raises Invalid."""
    picture = pictures.read(file)
    detector = detection.detector()
    return Examined(picture, detector.look(picture.pixels), detector.name)


def add(*, user_id: UUID, examined: Examined, now: datetime) -> Photo:
    """Put a photo after the others.

    Raises CapacityReached (photos_full) past six, WrongState (photo_known) for one that is there already.
    """
    with as_service():
        own = _locked(user_id)
        _check_fits(own, examined.picture)
        photo = _row(user_id, len(own) + 1, examined)
        _keep(photo, examined.picture.jpeg)
        photo.save(force_insert=True)
        _judge(user_id, now)
    return photo


def order(*, user_id: UUID, photo_ids: Sequence[UUID], now: datetime) -> list[Photo]:
    """Put all of a person's photos in this order. Raises Invalid (photos_not_all) unless it names each of them once."""
    with as_service():
        own = {photo.id: photo for photo in _locked(user_id)}
        if sorted(photo_ids) != sorted(own):
            raise Invalid("Name each of your photos once.", code="photos_not_all")
        for position, photo_id in enumerate(photo_ids, start=1):
            own[photo_id].position = position
        Photo.objects.bulk_update(own.values(), ["position"])
    return [own[photo_id] for photo_id in photo_ids]


def remove(*, user_id: UUID, photo_id: UUID, now: datetime) -> None:
    """Delete a photo, its file once that is certain; those after it move up. Raises NotYours."""
    with as_service():
        photo = next((photo for photo in _locked(user_id) if photo.id == photo_id), None)
        if photo is None:
            raise NotYours()
        photo.delete()
        Photo.objects.filter(user=user_id, position__gt=photo.position).update(position=F("position") - 1)
        _judge(user_id, now)
    transaction.on_commit(lambda: storage().delete(photo.file), robust=True)


def signature(photo: Photo, *, viewer: UUID) -> str:
    """What shows the photo for a quarter of an hour to whoever has it, as long as `viewer` may see it."""
    return _signer().sign(f"{photo.id}:{viewer}").partition(":")[2]


def open_file(*, photo_id: UUID, signature: str, now: datetime) -> OpenFile:
    """The file of a photo. Raises NotYours, also for a wrong or old signature, for one whose viewer may not see the
    photo any more, and for a file that is gone.
    """
    try:
        value = _signer().unsign(f"{photo_id}:{signature}", max_age=settings.PHOTO_LINK_LIFETIME)
        viewer = UUID(value.partition(":")[2])
        with as_service():
            photo = Photo.objects.shown_to(viewer, now).get(id=photo_id)
        return OpenFile(photo.size, _content(photo))
    except (BadSignature, Photo.DoesNotExist, FileNotFoundError) as exc:
        raise NotYours() from exc


def files_of(user_id: UUID) -> Iterator[StoredFile]:
    """A person's photos for their export; needs the service's rights."""
    for photo in Photo.objects.of(user_id):
        yield StoredFile(f"{FOLDER}/{photo.position}.jpg", partial(_content, photo))


def storage() -> Storage:
    return storages["private"]


def _locked(user_id: UUID) -> list[Photo]:
    """A person's photos, which nobody else changes until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(id=user_id)
    return list(Photo.objects.of(user_id))


def _check_fits(own: Sequence[Photo], picture: Picture) -> None:
    same = next((photo for photo in own if photo.digest == picture.digest), None)
    if same:
        raise WrongState("You have this photo already.", code="photo_known", photo_id=str(same.id))
    if len(own) >= MOST:
        raise CapacityReached(f"You have {MOST} photos. Delete one first.", code="photos_full", most=MOST)


def _row(user_id: UUID, position: int, examined: Examined) -> Photo:
    photo_id, picture, seen = new_id(), examined.picture, examined.seen
    return Photo(
        id=photo_id,
        user_id=user_id,
        position=position,
        file=f"{FOLDER}/{photo_id.hex[-2:]}/{photo_id}.jpg",  # the end of an id is drawn, its beginning the time
        size=len(picture.jpeg),
        digest=picture.digest,
        width=picture.width,
        height=picture.height,
        has_face=seen.has_face,
        quality=seen.quality,
        analyzer=examined.analyzer,
    )


def _keep(photo: Photo, jpeg: bytes) -> None:
    """The file comes before its row: should the row not come, the sweep finds the file, and nobody else can."""
    key, sealed = new_data_key(), ContentFile(b"")
    with Sealer(sealed, key=key, context=photo.id.bytes) as sealer:
        sealer.write(jpeg)
    sealed.seek(0)
    photo.file_key = wrap(key)
    storage().save(photo.file, sealed)


def _content(photo: Photo) -> Iterator[bytes]:
    return sealed_files.opened(storage().open(photo.file), key=unwrap(bytes(photo.file_key)), context=photo.id.bytes)


def _judge(user_id: UUID, now: datetime) -> None:
    """Whether there are enough photos, one of which shows a face."""
    own = Photo.objects.of(user_id)
    if own.count() >= requirements.PHOTOS and own.with_good_face().exists():
        verifications.record(user_id=user_id, kind=SignalKind.PHOTO_QUALITY, now=now)
    else:
        verifications.withdraw(user_id=user_id, kind=SignalKind.PHOTO_QUALITY)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="connect.photo")
