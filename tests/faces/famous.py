"""Somebody famous, drawn or as a row alone, and faces that are as near to them as a test says."""

import io

import numpy as np

from connect import pictures
from connect.enums import Purpose
from faces.models import Celebrity
from faces.services import celebrities
from faces.services.celebrities import About
from tests.factories import ConsentFactory, UserFactory
from tests.pictures import drawn_face, encoded, looks
from tests.safety import rows_of_faces


def picture(seed=1):
    return pictures.read(io.BytesIO(jpeg(seed)))


def jpeg(seed=1):
    return encoded(drawn_face(400, 500, seed=seed, looks=looks(seed)))


def famous(now, seed=1, by=None, **about):
    """With a picture that is really there."""
    given = About(**{"name": "Greta Gadwall"} | about)
    return celebrities.add(about=given, examined=celebrities.examine(picture(seed)), by=by, now=now)


def direction(angle):
    """An embedding that far from the first axis, in degrees."""
    found = np.zeros(512)
    found[:2] = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return found


def row(now, angle, **fields):
    """Of a picture that is nowhere, and an embedding that far from `faced`."""
    seen = rows_of_faces.found(now) | {"embedding": direction(angle)}
    given = {"name": f"At {angle}", **rows_of_faces.picture("celebrities"), **seen} | fields
    return Celebrity.objects.create(**given)


def faced(now, user=None, **fields):
    """The face of somebody who allows that it is analysed."""
    owner = user or UserFactory()
    ConsentFactory(user=owner, purpose=Purpose.FACE_ANALYSIS)
    return rows_of_faces.face(owner, now, **{"embedding": direction(0)} | fields)
