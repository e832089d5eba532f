"""A person's photos: three to six, in their order, seen by themselves and by whom they let know them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db.models import F

from config.errors import CapacityReached, Invalid, NotYours, WrongState
from connect import detection, pictures, requirements
from connect.detection import Sighting
from connect.enums import SignalKind
from connect.models import Photo, User
from connect.models.photo import MOST
from connect.pictures import Picture
from connect.services import kept_pictures, verifications
from connect.signals import photos_changed
from safety.personal_data import StoredFile
from safety.roles import as_service


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
    photo = Photo(
        user_id=user_id, has_face=examined.seen.has_face, quality=examined.seen.quality, analyzer=examined.analyzer
    )
    with as_service():
        _check_fits(list(Photo.objects.of(user_id)), examined.picture)
        kept_pictures.keep(photo, examined.picture)  # before the lock, which nobody should wait for a storage to get
        own = _locked(user_id)
        _check_fits(own, examined.picture)
        photo.position = len(own) + 1
        photo.save(force_insert=True)
        _follow(photo, now)
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
        _follow(photo, now)
    kept_pictures.discard([photo.file])


def files_of(user_id: UUID) -> Iterator[StoredFile]:
    """A person's photos for their export; needs the service's rights."""
    return kept_pictures.files_of(Photo.objects.of(user_id))


def lose(photo: Photo, now: datetime) -> None:
    """Delete a photo whose file is gone. Raises NotYours."""
    remove(user_id=photo.user_id, photo_id=photo.id, now=now)


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


def _follow(photo: Photo, now: datetime) -> None:
    """What goes by all photos of a person, now that this one came or went."""
    _judge(photo.user_id, now)
    if photo.has_face:
        photos_changed.send(sender=Photo, user_id=photo.user_id, now=now)


def _judge(user_id: UUID, now: datetime) -> None:
    """Whether there are enough photos, one of which shows a face."""
    own = Photo.objects.of(user_id)
    if own.count() >= requirements.PHOTOS and own.with_good_face().exists():
        verifications.record(user_id=user_id, kind=SignalKind.PHOTO_QUALITY, now=now)
    else:
        verifications.withdraw(user_id=user_id, kind=SignalKind.PHOTO_QUALITY)
