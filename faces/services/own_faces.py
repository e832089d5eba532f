"""A person's own faces: which is the default, and how they go with all that was made of them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from config.errors import NotYours
from connect.services import kept_pictures
from faces.enums import Verdict
from faces.models import CelebrityMatch, Face, FaceMatch
from faces.services import likenesses
from safety.personal_data import StoredFile
from safety.roles import as_service
from safety.services.blocks import lock_pair


def set_default(*, user_id: UUID, face_id: UUID, now: datetime) -> Face:
    """Have this face stand for its person; doing so twice is once. Raises NotYours."""
    with as_service():
        face = _locked(user_id, face_id)
        Face.objects.filter(user=user_id, is_default=True).exclude(id=face_id).update(is_default=False)
        face.is_default = True
        face.save(update_fields=["is_default"])
    return face


def remove(*, user_id: UUID, face_id: UUID, now: datetime) -> None:
    """Delete a face with its vectors, likenesses, lookalikes, babies and files; of the others the newest follows a
    default. Raises NotYours.
    """
    with as_service():
        _locked(user_id, face_id)
        _delete(Face.objects.filter(id=face_id), now)
        _choose_default(user_id)


def lose(face: Face, now: datetime) -> None:
    """Delete a face whose file is gone. Raises NotYours."""
    remove(user_id=face.user_id, face_id=face.id, now=now)


def forget(*, user_id: UUID, now: datetime) -> dict[str, int]:
    """Delete all that is known of a person's faces; how many of what. Raises NotYours when they are gone."""
    with as_service():
        lock_pair(user_id, user_id)  # which adding one holds too
        return _delete(Face.objects.filter(user=user_id), now)


def drop_rejected(*, before: datetime, most: int, now: datetime) -> int:
    """Delete at most so many pictures that were found before a moment to show somebody else; how many were looked at.

    Needs the service role. Their people are locked in the order of their ids.
    """
    rejected = Face.objects.filter(verdict=Verdict.REJECTED)
    over = list(rejected.filter(judged_at__lte=before).order_by("user", "id").values_list("id", "user_id")[:most])
    for face_id, user_id in over:
        with suppress(NotYours):  # erased between the two looks
            lock_pair(user_id, user_id)
            _delete(rejected.filter(id=face_id), now)
            _choose_default(user_id)
    return len(over)


def files_of(user_id: UUID) -> Iterator[StoredFile]:
    """A person's faces for their export; needs the service's rights."""
    return kept_pictures.files_of(Face.objects.of(user_id).without_numbers())


def _locked(user_id: UUID, face_id: UUID) -> Face:
    """One of a person's faces, of which nobody else changes any until the transaction ends."""
    lock_pair(user_id, user_id)
    face = Face.objects.without_numbers().filter(user=user_id, id=face_id).first()
    if face is None:
        raise NotYours()
    return face


def _delete(faces: QuerySet[Face], now: datetime) -> dict[str, int]:
    kept = dict(faces.values_list("id", "file"))
    ended = likenesses.end(FaceMatch.objects.filter(Q(face_a__in=kept) | Q(face_b__in=kept)), now=now)
    lookalikes = CelebrityMatch.objects.filter(face__in=kept).count()
    Face.objects.filter(id__in=kept).delete()
    kept_pictures.discard(kept.values())
    return {"faces": len(kept), "face_matches": ended, "lookalikes": lookalikes}


def _choose_default(user_id: UUID) -> None:
    own = Face.objects.filter(user=user_id)
    newest = own.order_by("-id").values_list("id", flat=True).first()
    if newest and not own.filter(is_default=True).exists():
        own.filter(id=newest).update(is_default=True)
