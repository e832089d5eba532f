"""Whether a picture may be painted out of two faces: both are told of the likeness, are there, and agree."""

from datetime import datetime
from uuid import UUID

from config.errors import NotYours
from connect.enums import Purpose
from connect.models import Consent
from faces.models import FaceMatch
from faces.models.match import FaceMatchQuerySet

NEEDED = (Purpose.BABY_IMAGES, Purpose.FACE_ANALYSIS)


def shown(match_id: UUID, viewer: UUID, now: datetime) -> FaceMatch:
    """A match of the viewer's, as it is shown to them, under the service role. Raises NotYours."""
    found = _standing(now).of(viewer).filter(id=match_id).first()
    if found is None:
        raise NotYours()
    return found


def granted(match_id: UUID, now: datetime) -> FaceMatch | None:
    """A match out of which a picture may be painted now, with its faces; None if not. Needs the service role."""
    found = _standing(now).select_related("face_a", "face_b").filter(id=match_id).first()
    return found if found and not any(missing(found).values()) else None


def missing(match: FaceMatch) -> dict[UUID, list[Purpose]]:
    """What each of the two has not consented to."""
    people = (match.user_a_id, match.user_b_id)
    live = Consent.objects.live().filter(user__in=people, purpose__in=NEEDED).values_list("user", "purpose")
    given = set(live)
    return {person: [purpose for purpose in NEEDED if (person, purpose) not in given] for person in people}


def _standing(now: datetime) -> FaceMatchQuerySet:
    """Those that both are shown, of faces that are their own."""
    return FaceMatch.objects.standing(now).of_own_faces()
