from datetime import datetime
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from config.db import Record
from connect.enums import GOING
from connect.models.user import User
from safety.models import Block

Kept = TypeVar("Kept", bound="StoredPicture")


class PictureQuerySet(models.QuerySet[Kept]):
    """What every kind of picture is asked; each kind says in `shown_to` who sees which of its own."""

    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Those that somebody may see now, asked as the service."""
        raise NotImplementedError

    def among_present(self, viewer: UUID, *columns: str, now: datetime) -> Self:
        """Those where neither the viewer nor who stands in these columns leaves or is kept out, and none of these is
        apart from the viewer by a block. Asked as the service.
        """
        present = User.objects.exclude(status__in=GOING).exclude(suspended_until__gt=now)
        found = self.filter(Exists(present.filter(id=viewer)))
        for column in columns:
            apart = Block.objects.between(viewer, OuterRef(column))
            found = found.filter(Exists(present.filter(id=OuterRef(column))), ~Exists(apart))
        return found


class StoredPicture(Record):
    """A picture as it was written anew: upright, bounded, and with nothing in it but what is seen.

    The file stands in the private storage under the name `file`, sealed under `file_key`, a wrapped key of its own:
    without the row nobody sees it. `digest` is the SHA-256 of its pixels. Who sees it says `shown_to` of its manager;
    for how long a link shows it, the setting that `link_lifetime` names. `services.kept_pictures` fills the columns.
    """

    folder: ClassVar[str]
    link_lifetime: ClassVar[str] = "PICTURE_LINK_LIFETIME"

    file = models.CharField(max_length=60, unique=True, editable=False)
    file_key = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
