from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from connect.enums import DisclosureLevel
from connect.models.disclosure import Disclosure, identified
from connect.models.stored_picture import PictureQuerySet, StoredPicture
from safety.schema import RowSecurity

MOST = 6
GOOD_ENOUGH = 0.5
"""The least quality of a photo that shows what a person looks like."""


class PhotoQuerySet(PictureQuerySet["Photo"]):
    def of(self, user_id: UUID) -> Self:
        """A person's photos in their order."""
        return self.filter(user=user_id).order_by("position")

    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Their own, and those of whoever lets them know who they are."""
        known = Disclosure.objects.live().filter(
            viewer=viewer, subject=OuterRef("user"), level=DisclosureLevel.IDENTITY
        )
        return self.among_present(viewer, "user", now=now).filter(Q(user=viewer) | Exists(known))

    def with_good_face(self) -> Self:
        return self.filter(has_face=True, quality__gte=GOOD_ENOUGH)


class Photo(StoredPicture):
    """A picture of a person, at its place among theirs.

    Nobody has the same one twice. `has_face` and `quality` are what the detector that `analyzer` names saw; only the
    service writes a row.
    """

    folder = "photos"
    link_lifetime = "PHOTO_LINK_LIFETIME"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    has_face = models.BooleanField()
    quality = models.FloatField()
    analyzer = models.CharField(max_length=40)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__range=(1, MOST)), name="photo_most"),
            models.CheckConstraint(condition=Q(quality__range=(0, 1)), name="photo_quality"),
            models.UniqueConstraint(
                fields=["user", "position"], name="photo_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["user", "digest"], name="photo_once"),
            RowSecurity(name="photo_rls", select=identified("user_id")),
        ]

    def __str__(self) -> str:
        return f"photo {self.position}"
