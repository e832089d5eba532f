from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity


class LikenessScaleQuerySet(models.QuerySet["LikenessScale"]):
    def of(self, analyzer: str, version: str) -> Self:
        """The newest first."""
        return self.filter(analyzer=analyzer, version=version).order_by("-id")


class LikenessScale(Record):
    """How alike people are to each other, as one analyzer and one version of the parameters find: what a likeness is
    measured against.

    faces: how many could be found when it was made. pairs: how many of theirs were drawn. cuts: their totals,
    ascending, at equal parts of the population. spread: the standard deviation of each ratio of the face. It never
    changes: a population that grew has another.
    """

    analyzer = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    faces = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    cuts = ArrayField(models.FloatField())
    spread = models.JSONField(default=dict)

    objects = LikenessScaleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pairs__gt=0), name="likeness_scale_of_some"),
            RowSecurity(name="likeness_scale_rls"),
        ]
        indexes = [models.Index(fields=["analyzer", "version", "-id"], name="likeness_scale_newest_idx")]

    def __str__(self) -> str:
        return f"{self.analyzer}, {self.version}: {self.pairs} pairs"
