"""Two people whose faces are alike, with pictures that are really there."""

import io
from functools import cache

from connect import pictures
from connect.enums import Purpose
from connect.models import Consent
from connect.services import kept_pictures
from faces.models import Face
from tests.faces.likers import alike
from tests.factories import UserFactory
from tests.pictures import drawn_face, encoded

NEEDED = (Purpose.BABY_IMAGES, Purpose.FACE_ANALYSIS)


@cache
def portrait(seed):
    return pictures.read(io.BytesIO(encoded(drawn_face(240, 300, seed=seed))))


def agree(user, now, purposes=NEEDED):
    for purpose in purposes:
        Consent.objects.create(user=user, purpose=purpose, version="v1", granted_at=now)


def face(user, now, seed=1):
    made = Face(user=user, verdict="verified", judged_by="demo", judged_at=now)
    kept_pictures.keep(made, portrait(seed))
    made.save()
    return made


def likeness(now, *people, agreed=True, seed=1, **fields):
    """A match of two people, who are made and agree to everything if they are not given."""
    people = people or (UserFactory(), UserFactory())
    for person in people if agreed else ():
        agree(person, now)
    a, b = sorted(people, key=lambda user: user.id)
    return alike(a, b, now, face_a=face(a, now, seed), face_b=face(b, now, seed + 1), **fields)
