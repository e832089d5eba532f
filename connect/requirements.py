"""What a person has to have done before they may look for others, and others find them."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from connect.enums import SignalKind
from connect.models import Hobby, Photo, User, VerificationSignal
from safety.roles import as_service

PHOTOS = 3
HOBBIES = 2


def unmet(user_id: UUID) -> list[str]:
    """The codes of what is missing, always in the same order; all of them for who is nobody. One query."""
    wanted = demanded()
    with as_service():
        has = User.objects.filter(id=user_id).values_list(*map(Exists, wanted.values())).first()
    return [code for code, there in zip(wanted, has or [False] * len(wanted), strict=True) if not there]


def met() -> Q:
    """Condition on User: nothing is missing. For a reader of everybody's rows, which the service alone is."""
    return Q(*map(Exists, demanded().values()))


def demanded() -> dict[str, QuerySet[Any]]:
    """By the code of its absence what has to be there; the second of two is there when one is passed over."""
    photos = Photo.objects.filter(user=OuterRef("pk"))
    hobbies = Hobby.objects.filter(user=OuterRef("pk"))
    return {
        "phone_unverified": VerificationSignal.objects.filter(user=OuterRef("pk"), kind=SignalKind.PHONE),
        "photos_missing": photos[PHOTOS - 1 :],
        "face_photo_missing": photos.with_good_face(),
        "hobbies_missing": hobbies[HOBBIES - 1 :],
    }
