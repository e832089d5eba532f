"""One real row in every table of likeness."""

from datetime import timedelta
from importlib import import_module
from itertools import count
from uuid import uuid4

import numpy as np

from connect.models import Consent, Disclosure
from faces.models import (
    Baby,
    Celebrity,
    CelebrityMatch,
    Face,
    FaceConnection,
    FaceMatch,
    FaceParameters,
    LikenessScale,
    MatchJob,
    PaintingDay,
    Reaction,
    Twins,
)
from faces.models.parameters import NUMBERS

FIRST = import_module("faces.migrations.0002_first_parameters").FIRST
_numbers = count(1)


def picture(folder):
    return {
        "file": f"{folder}/00/{uuid4()}.jpg",
        "file_key": b"wrapped-key",
        "size": 1000,
        "digest": uuid4().hex * 2,
        "width": 800,
        "height": 1000,
    }


def found(now, seed=1):
    """What an analyzer could have found."""
    embedding = np.random.default_rng(seed).normal(size=512)
    return {
        "analyzer": "classical-1",
        "analyzed_at": now,
        "embedding": embedding / np.linalg.norm(embedding),
        "quality_score": 0.8,
        "symmetry_score": 0.9,
        "geometry_ratios": {"face_width_height_ratio": 0.8},
        "skin_tone_lab": [60.0, 15.0, 18.0],
    }


def face(user, now, **fields):
    """A face of somebody's own that takes part in the search."""
    made = Face.objects.create(user=user, verdict="verified", judged_by="demo", judged_at=now, **picture("faces"))
    for name, value in (found(now) | fields).items():
        setattr(made, name, value)
    made.status = "analyzed"
    made.save()
    return made


def likeness(me, other, connection, now):
    """Of two people who agree to have a picture painted out of their faces."""
    for user in (me, other):
        for purpose in ("face_analysis", "baby_images"):
            Consent.objects.create(user=user, purpose=purpose, version="v1", granted_at=now)
    ours = {user.id: face(user, now) for user in (me, other)}
    yield MatchJob.objects.create(face=ours[me.id], user=me, due_at=now)
    a, b = sorted((me, other), key=lambda user: user.id)
    match = FaceMatch.objects.create(
        user_a=a,
        user_b=b,
        face_a=ours[a.id],
        face_b=ours[b.id],
        similarity_score=0.7,
        factors={"embedding": 0.7},
        total=0.7,
        percentile=93,
        analyzer="classical-1",
        version="faces-1.1",
    )
    yield match
    yield Twins.objects.create(user_a=a, user_b=b)
    for viewer, subject in ((me, other), (other, me)):
        shown = {"level": "face", "source": "face_match", "source_id": match.id}
        Disclosure.objects.create(viewer=viewer, subject=subject, granted_at=now, **shown)
    yield Reaction.objects.create(user=me, match=match, reaction_type="like")
    baby = Baby.objects.create(match=match, generated_by=me, painter="morph", due_at=now)
    yield baby
    yield FaceConnection.objects.create(connection=connection, face_match=match, baby=baby)
    celebrity = Celebrity.objects.create(name="Greta Gadwall", **picture("celebrities"), **found(now))
    yield celebrity
    yield CelebrityMatch.objects.create(
        face=ours[me.id], celebrity=celebrity, similarity_score=0.6, analyzer="classical-1"
    )
    yield LikenessScale.objects.create(
        analyzer="classical-1", version="faces-1.1", faces=50, pairs=1_225, cuts=[0.2, 0.5, 0.9]
    )
    numbers = {name: FIRST[name] for name in NUMBERS}
    yield FaceParameters.objects.create(number=1000 + next(_numbers), created_by=me, **numbers)
    yield PaintingDay.objects.create(day=(now + timedelta(days=next(_numbers))).date(), asked=1)
    yield Face.objects.create(user=me, **picture("faces"))
