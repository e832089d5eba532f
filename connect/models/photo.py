from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from config.db import Record
from connect.enums import GOING, DisclosureLevel
from connect.models.disclosure import Disclosure, identified
from connect.models.user import User
from safety.models import Block
from safety.schema import RowSecurity

MOST = 6
GOOD_ENOUGH = 0.5
"""The least quality of a photo that shows what a person looks like."""


class PhotoQuerySet(models.QuerySet["Photo"]):
    def of(self, user_id: UUID) -> Self:
        """A person's photos in their order."""
        return self.filter(user=user_id).order_by("position")

    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Those that somebody may see now: their own, and those of whoever lets them know who they are and is apart
        from them by no block; while neither of the two leaves or is kept out. Asked as the service.
        """
        present = User.objects.exclude(status__in=GOING).exclude(suspended_until__gt=now)
        known = Disclosure.objects.live().filter(
            viewer=viewer, subject=OuterRef("user"), level=DisclosureLevel.IDENTITY
        )
        apart = Block.objects.between(viewer, OuterRef("user"))
        return self.filter(
            Exists(present.filter(id=viewer)),
            Exists(present.filter(id=OuterRef("user"))),
            Q(user=viewer) | Q(Exists(known), ~Exists(apart)),
        )

    def with_good_face(self) -> Self:
        return self.filter(has_face=True, quality__gte=GOOD_ENOUGH)


class Photo(Record):
    """A picture of a person, as it was written anew: upright, bounded, and with nothing in it but what is seen.

    The file stands in the private storage under the name `file`, sealed under `file_key`, a wrapped key of its own:
    without the row nobody sees it. `digest` is the SHA-256 of its pixels, so that nobody shows the same one twice.
    `has_face` and `quality` are what the detector that `analyzer` names saw; only the service writes a row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=60, unique=True, editable=False)
    file_key = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
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
