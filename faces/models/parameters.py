from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config.db import Record
from faces.engine.factors import FACTORS
from matching.enums import PARAMETERS_TRANSITIONS, ParametersStatus
from safety.schema import Frozen, RowSecurity, Shares, StateMachine

NUMBERS = ("weights", "threshold", "least_quality", "shortlist", "regional")
"""The columns in which one version may differ from another."""


class FaceParametersQuerySet(models.QuerySet["FaceParameters"]):
    def live(self) -> Self:
        return self.filter(status=ParametersStatus.LIVE)


class FaceParameters(Record):
    """One version of what likeness goes by. A draft may be changed; what was once live stays as it was for ever."""

    number = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=7, choices=ParametersStatus, default=ParametersStatus.DRAFT)
    note = models.CharField(max_length=200, blank=True, help_text="What this version is to bring about.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    weights = models.JSONField(help_text="Of the six likenesses; sum 1.")
    threshold = models.FloatField(
        help_text="Total from which two faces are a match.", validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    least_quality = models.FloatField(
        help_text="Quality below which a likeness is withheld.",
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
    )
    shortlist = models.PositiveSmallIntegerField(
        help_text="Nearest faces that are ranked.", validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    regional = models.BooleanField(help_text="Whether people of one region alone are compared.", default=False)

    objects = FaceParametersQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "face parameters"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(status=ParametersStatus.LIVE), name="face_parameters_one_live"
            ),
            models.CheckConstraint(
                condition=Q(status=ParametersStatus.DRAFT, published_at=None)
                | (~Q(status=ParametersStatus.DRAFT) & Q(published_at__isnull=False)),
                name="face_parameters_published",
            ),
            models.CheckConstraint(
                condition=Q(threshold__range=(0, 1), least_quality__range=(0, 1), shortlist__range=(1, 500)),
                name="face_parameters_in_range",
            ),
            Shares(name="face_parameters_weights", field="weights", keys=FACTORS),
            StateMachine(
                name="face_parameters_status",
                field="status",
                transitions=PARAMETERS_TRANSITIONS,
                initial=[ParametersStatus.DRAFT],
            ),
            Frozen(
                name="face_parameters_frozen",
                field="status",
                until=[ParametersStatus.DRAFT],
                fields=["number", "note", *NUMBERS],
            ),
            RowSecurity(name="face_parameters_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.status})"

    @property
    def version(self) -> str:
        return f"faces-1.{self.number}"
