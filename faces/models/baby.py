from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from connect.models.due import Due, DueQuerySet
from connect.models.stored_picture import PictureQuerySet, StoredPicture
from faces.enums import BABY_TRANSITIONS, BabyStatus, PainterName
from faces.models.match import FaceMatch
from safety.schema import RowSecurity, StateMachine, through

UNFINISHED = [BabyStatus.PENDING, BabyStatus.PROCESSING]


class BabyQuerySet(PictureQuerySet["Baby"], DueQuerySet):  # type: ignore[override]  # as_manager says whose it is
    def claimable(self, now: datetime) -> Self:
        return super().claimable(now).filter(status__in=UNFINISHED)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def painted(self) -> Self:
        return self.filter(status=BabyStatus.COMPLETED)

    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(match__user_a=user_id) | Q(match__user_b=user_id))

    def between(self, first: UUID, second: UUID) -> Self:
        low, high = sorted((first, second))
        return self.filter(match__user_a=low, match__user_b=high)

    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Those of a likeness that is shown to them, of faces that are known to be their people's own."""
        return self.of(viewer).painted().filter(match__in=FaceMatch.objects.standing(now).of_own_faces())


class Baby(Due, StoredPicture):
    """A picture of the child two people might have, painted out of their faces; one row for each time it was asked for.

    There is a file once the row is completed, and none before. cost: what the painter takes for it, in thousandths of a
    US cent. request_id: the painter's own number for it, from `begun_at` on.
    """

    folder = "babies"

    file = models.CharField(max_length=60, unique=True, null=True, blank=True, editable=False)  # type: ignore[assignment]
    size = models.PositiveIntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    match = models.ForeignKey("faces.FaceMatch", on_delete=models.CASCADE, related_name="babies")
    generated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="babies"
    )
    status = models.CharField(max_length=10, choices=BabyStatus, default=BabyStatus.PENDING)
    painter = models.CharField(max_length=5, choices=PainterName)
    request_id = models.CharField(max_length=100, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    cost = models.PositiveIntegerField(default=0)
    error_message = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = BabyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "babies"
        constraints = [
            models.UniqueConstraint(fields=["match"], condition=Q(status__in=UNFINISHED), name="baby_one_unfinished"),
            models.CheckConstraint(
                condition=Q(request_id="", begun_at=None) | ~Q(request_id="") & Q(begun_at__isnull=False),
                name="baby_begun",
            ),
            models.CheckConstraint(
                condition=Q(status=BabyStatus.COMPLETED, size__gt=0, file__isnull=False, completed_at__isnull=False)
                | ~Q(status=BabyStatus.COMPLETED) & Q(size=0, file=None),
                name="baby_painted",
            ),
            StateMachine(
                name="baby_status", field="status", transitions=BABY_TRANSITIONS, initial=[BabyStatus.PENDING]
            ),
            RowSecurity(name="baby_rls", select=through("faces_facematch", "match_id")),
        ]
        indexes = [
            models.Index(fields=["match", "-created_at"], name="idx_babies_match_id"),
            models.Index(fields=["-created_at"], name="idx_babies_created_at"),
            models.Index(fields=["due_at"], condition=Q(status__in=UNFINISHED), name="baby_due_idx"),
        ]

    def __str__(self) -> str:
        return f"baby ({self.status})"

    def is_asked_by(self, user_id: UUID) -> bool:
        return self.generated_by_id == user_id
