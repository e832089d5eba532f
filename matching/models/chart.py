from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from config.db import Record
from matching.engine.channels import WIDTH as HD_WIDTH
from matching.engine.synastry import WIDTH as ASTRO_WIDTH
from safety.schema import RowSecurity, owner


class ChartQuerySet(models.QuerySet["Chart"]):
    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now).exclude(claimed_until__gt=now)


class Chart(Record):
    """What was computed from a person's birth data, each half only under its own consent.

    `astrology` and `human_design` are what the person is shown; the feature vectors are what the engine multiplies,
    averages where the time of birth is unknown; the spreads say how far these lie off (`matching.engine.spread`), null
    where the time is known.
    `due_at` is set while the row waits to be computed.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chart")
    astrology = models.JSONField(null=True, blank=True)
    human_design = models.JSONField(null=True, blank=True)
    astro_features = VectorField(dimensions=ASTRO_WIDTH, null=True, blank=True)
    hd_features = VectorField(dimensions=HD_WIDTH, null=True, blank=True)
    astro_spread = models.BinaryField(null=True, blank=True)
    hd_spread = models.BinaryField(null=True, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    MULTIPLIED = ("astro_features", "hd_features", "astro_spread", "hd_spread")
    """What is for the engine alone."""

    objects = ChartQuerySet.as_manager()

    class Meta:
        constraints = [RowSecurity(name="chart_rls", select=owner())]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="chart_due_idx")]

    def __str__(self) -> str:
        return f"chart {self.id}"
