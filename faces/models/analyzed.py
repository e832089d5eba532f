from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pgvector.django import HnswIndex, VectorField

from faces.enums import Expression, SeenGender

WIDTH = 512
"""Numbers in an embedding."""

SHARES = ("quality_score", "blur_score", "illumination_score", "symmetry_score", "expression_confidence")
"""Columns between 0 and 1."""


class Analyzed(models.Model):
    """What an analyzer found in a picture of a face; `analyzer` is its name and version, empty before anything was.

    Embeddings of two analyzers are never compared. blur_score: sharpness, by the name the specification gives it.
    landmarks_68: points [x, y] in pixels. pose: yaw, pitch and roll in degrees. skin_tone_lab: CIELAB. What an analyzer
    cannot tell is null.
    """

    analyzer = models.CharField(max_length=40, blank=True)
    analyzed_at = models.DateTimeField(null=True, blank=True)
    embedding = VectorField(dimensions=WIDTH, null=True, blank=True, editable=False)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=6, choices=SeenGender, blank=True)
    quality_score = models.FloatField(null=True, blank=True)
    blur_score = models.FloatField(null=True, blank=True)
    illumination_score = models.FloatField(null=True, blank=True)
    landmarks_68 = models.JSONField(null=True, blank=True)
    pose = models.JSONField(null=True, blank=True)
    geometry_ratios = models.JSONField(null=True, blank=True)
    symmetry_score = models.FloatField(null=True, blank=True)
    skin_tone_lab = ArrayField(models.FloatField(), size=3, null=True, blank=True)
    expression = models.CharField(max_length=8, choices=Expression, blank=True)
    expression_confidence = models.FloatField(null=True, blank=True)
    emotion_scores = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True


FOUND = tuple(field.name for field in Analyzed._meta.local_fields)
"""All that an analysis fills and a withdrawn consent empties."""

EMPTY = {f.name: "" if isinstance(f, models.CharField) else None for f in Analyzed._meta.local_fields}
"""The same before anything was found."""


def constraints(name: str) -> list[models.BaseConstraint]:
    """What holds for whatever was analyzed, in a table whose constraints begin with `name`."""
    within = [Q(**{column: None}) | Q(**{f"{column}__range": (0, 1)}) for column in SHARES]
    return [
        *(
            models.CheckConstraint(condition=condition, name=f"{name}_{column}")
            for column, condition in zip(SHARES, within, strict=True)
        ),
        models.CheckConstraint(
            condition=Q(embedding=None) | Q(analyzed_at__isnull=False) & ~Q(analyzer=""), name=f"{name}_embedding_named"
        ),
    ]


def indexes(name: str, vectors: str) -> list[models.Index]:
    """By attributes and, under the name `vectors`, by likeness."""
    known = Q(age__isnull=False, quality_score__isnull=False)
    return [
        HnswIndex(fields=["embedding"], m=16, ef_construction=64, opclasses=["vector_cosine_ops"], name=vectors),
        models.Index(fields=["age"], condition=Q(age__isnull=False), name=f"idx_{name}_age"),
        models.Index(fields=["quality_score"], condition=Q(quality_score__isnull=False), name=f"idx_{name}_quality"),
        models.Index(fields=["expression"], condition=~Q(expression=""), name=f"idx_{name}_expression"),
        models.Index(
            fields=["age", "gender", "quality_score", "expression"], condition=known, name=f"idx_{name}_attributes"
        ),
    ]
