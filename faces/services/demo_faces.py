"""The demo pool's faces: two dozen invented famous people, and a drawn face of its own for each demo person."""

import io
from datetime import datetime
from uuid import UUID

from django.db import transaction

from config.errors import Invalid
from connect import demo as people
from connect import pictures
from connect.enums import Purpose
from connect.models import User
from connect.services import consents
from faces import demo
from faces.enums import Judge, Verdict
from faces.models import Celebrity, Face
from faces.services import celebrities, uploads
from safety.roles import as_service

ALLOWED = (Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING, Purpose.BABY_IMAGES)


def seed(*, now: datetime) -> tuple[int, int]:
    """Put in what is not there at all; how many of the famous, and how many people got a face.

    Whoever took some of them out again finds them gone the next time, too.
    """
    return _seed_famous(now), _seed_people(now)


def _seed_famous(now: datetime) -> int:
    with transaction.atomic(), as_service():
        if Celebrity.objects.filter(bio=demo.BIO).exists():
            return 0
    return sum(_add(drawn, now) for drawn in demo.famous())


def _add(drawn: demo.Drawn, now: datetime) -> bool:
    """Not every analyzer takes a drawing for a face."""
    try:
        examined = celebrities.examine(pictures.read(io.BytesIO(drawn.jpeg)))
    except Invalid:
        return False
    with transaction.atomic():
        celebrities.add(about=drawn.about, examined=examined, by=None, now=now)
    return True


def _seed_people(now: datetime) -> int:
    """Nobody is asked whose face a drawing is: the demo says so, and it is on record that it did."""
    emails = [person.email for person in people.people()]
    with transaction.atomic(), as_service():
        ids = list(User.objects.filter(email__in=emails).order_by("email").values_list("id", flat=True))
        if Face.objects.filter(user__in=ids).exists():
            return 0
        for user_id, jpeg in zip(ids, demo.portraits(len(ids)), strict=True):
            _give_face(user_id, jpeg, now)
    return len(ids)


def _give_face(user_id: UUID, jpeg: bytes, now: datetime) -> None:
    for purpose in ALLOWED:
        consents.grant(user_id=user_id, purpose=purpose, version="v1", now=now)
    face = uploads.add(user_id=user_id, picture=pictures.read(io.BytesIO(jpeg)), now=now)
    Face.objects.filter(id=face.id).update(verdict=Verdict.VERIFIED, judged_by=Judge.DEMO, judged_at=now)
