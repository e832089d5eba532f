"""Taking in a picture of a face: cleaned, once for each person, and handed to a job that looks at it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import CapacityReached, WrongState
from connect.enums import Purpose
from connect.pictures import Picture
from connect.services import kept_pictures
from faces.enums import JobType
from faces.models import Face
from faces.permissions import require_consent
from faces.services import jobs
from safety.roles import as_service
from safety.services.blocks import lock_pair


def add(*, user_id: UUID, picture: Picture, now: datetime) -> Face:
    """Keep a picture of somebody's face, the first as their default, and have a worker look at it.

    Raises ConsentMissing (face_analysis), CapacityReached (faces_full), WrongState (face_known) for one that is there
    already.
    """
    face = Face(user_id=user_id)
    with as_service():
        _check_fits(user_id, picture)
        kept_pictures.keep(face, picture)  # before the lock, which nobody should wait for a storage to get
        lock_pair(user_id, user_id)  # which taking the consent back holds too
        _check_fits(user_id, picture)
        face.is_default = not Face.objects.filter(user=user_id, is_default=True).exists()
        face.save(force_insert=True)
        jobs.start(face=face, job_type=JobType.BOTH, now=now)
    return face


def _check_fits(user_id: UUID, picture: Picture) -> None:
    require_consent(user_id, Purpose.FACE_ANALYSIS)
    own = dict(Face.objects.filter(user=user_id).values_list("digest", "id"))
    if picture.digest in own:
        raise WrongState("You have this picture already.", code="face_known", face_id=str(own[picture.digest]))
    if len(own) >= settings.FACES_MOST:
        most = settings.FACES_MOST
        raise CapacityReached(f"You have {most} pictures. Delete one first.", code="faces_full", most=most)
