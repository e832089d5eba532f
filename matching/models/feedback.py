from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from config.db import Record
from matching.engine.features import DIMENSIONS
from safety.schema import RowSecurity, owner


class MatchFeedback(Record):
    """One person's private judgement of a match, for ranking alone.

    `vector_delta` moves the person's own weight of each engine dimension; learning writes it.
    """

    match = models.ForeignKey("matching.Match", on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="match_feedback")
    rating = models.PositiveSmallIntegerField()
    fit_score = models.PositiveSmallIntegerField(null=True, blank=True)
    safety_score = models.PositiveSmallIntegerField(null=True, blank=True)
    communication_score = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    notes = models.CharField(max_length=1000, blank=True)
    vector_delta = VectorField(dimensions=len(DIMENSIONS), null=True, blank=True)
    engine_version = models.CharField(max_length=40)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "match feedback"
        constraints = [
            models.UniqueConstraint(fields=["match", "user"], name="feedback_once"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating"),
            models.CheckConstraint(
                condition=(Q(fit_score=None) | Q(fit_score__lte=100))
                & (Q(safety_score=None) | Q(safety_score__lte=100))
                & (Q(communication_score=None) | Q(communication_score__lte=100)),
                name="feedback_percent",
            ),
            RowSecurity(name="feedback_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5"
