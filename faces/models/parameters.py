from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from faces.engine.factors import FACTORS
from matching.models import version
from matching.models.version import Version
from safety.schema import RowSecurity, Shares

NUMBERS = ("weights", "threshold", "least_quality", "shortlist", "regional")
"""The columns in which one version may differ from another."""


class FaceParameters(Version):
    """One version of what likeness goes by."""

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

    class Meta(Version.Meta):
        verbose_name = verbose_name_plural = "face parameters"
        constraints = [
            *version.constraints("face_parameters", NUMBERS),
            models.CheckConstraint(
                condition=Q(threshold__range=(0, 1), least_quality__range=(0, 1), shortlist__range=(1, 500)),
                name="face_parameters_in_range",
            ),
            Shares(name="face_parameters_weights", field="weights", keys=FACTORS),
            RowSecurity(name="face_parameters_rls"),
        ]

    @property
    def version(self) -> str:
        return f"faces-1.{self.number}"
