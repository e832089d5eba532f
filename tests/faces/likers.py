"""People with faces of their own that are alike, as the search would have found them."""

from django.db import transaction

from connect.enums import DisclosureLevel, DisclosureSource, Purpose
from connect.services import disclosures
from faces.models import FaceMatch, Reaction
from faces.services import reactions
from tests.factories import ConsentFactory, UserFactory
from tests.safety import rows_of_faces

ALL = (Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING, Purpose.BABY_IMAGES)


def member(*purposes, **fields):
    """Somebody with a profile who allows these, all that concerns faces where none is named."""
    user = UserFactory(person=True, **fields)
    for purpose in purposes or ALL:
        ConsentFactory(user=user, purpose=purpose)
    return user


def face_of(user, now, **fields):
    """A face of their own that takes part in the search; of a file that is nowhere."""
    return rows_of_faces.face(user, now, **fields)


def alike(first, second, now, **fields):
    """A likeness of a new face of each, shown to both unless it is withheld."""
    a, b = sorted((first, second), key=lambda user: user.id)
    given = {"similarity_score": 0.7, "factors": {"embedding": 0.7}, "total": 0.7, "percentile": 93}
    faces = {} if "face_a" in fields else {"face_a": face_of(a, now), "face_b": face_of(b, now)}
    made_by = {"analyzer": "classical-1", "version": "faces-1.1"}
    match = FaceMatch.objects.create(user_a=a, user_b=b, **given | faces | made_by | fields)
    if not match.withheld:
        with transaction.atomic():
            disclosures.grant_mutual(
                first=a.id,
                second=b.id,
                level=DisclosureLevel.FACE,
                source=DisclosureSource.FACE_MATCH,
                source_id=match.id,
                now=now,
            )
    return match


def couple(now):
    """Two people and their likeness."""
    first, second = member(), member()
    return first, second, alike(first, second, now)


def like(user, match, now):
    """The connection that comes of it, if any."""
    return reactions.react(match_id=match.id, by=user.id, kind="like", now=now)[1]


def likes(user):
    return Reaction.objects.likes().filter(user=user).count()
