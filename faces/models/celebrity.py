from typing import Self

from django.db import models
from django.db.models import Q

from config.db import Record
from connect.models.stored_picture import PictureQuerySet, StoredPicture
from faces.enums import CelebrityCategory
from faces.models import analyzed
from faces.models.analyzed import Analyzed
from safety.schema import RowSecurity, through


class CelebrityQuerySet(PictureQuerySet["Celebrity"]):
    def matching(self, *, category: str = "", gender: str = "", q: str = "") -> Self:
        """Those of a category, a gender and with this in their name, as far as each is asked for."""
        asked = {"category": category, "gender": gender, "name__icontains": q}
        return self.filter(**{name: value for name, value in asked.items() if value})


class Celebrity(StoredPicture, Analyzed):
    """Somebody widely known, whom everybody may see here; `digest`: the same picture is there once."""

    folder = "celebrities"

    name = models.CharField(max_length=120)
    bio = models.CharField(max_length=500, blank=True)
    category = models.CharField(max_length=10, choices=CelebrityCategory, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CelebrityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "celebrities"
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="celebrities_image_hash_key"),
            *analyzed.constraints("celebrity"),
            RowSecurity(name="celebrity_rls", select="true"),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="idx_celebrities_created_at"),
            models.Index(fields=["category"], name="idx_celebrities_category"),
            models.Index(fields=["gender"], name="idx_celebrities_gender"),
            *analyzed.indexes("celebrities", "idx_celebrities_embedding"),
        ]

    def __str__(self) -> str:
        return self.name


class CelebrityMatch(Record):
    """How alike a person's face is to somebody widely known; similarity_score and version as in FaceMatch."""

    face = models.ForeignKey("faces.Face", on_delete=models.CASCADE, related_name="lookalikes")
    celebrity = models.ForeignKey(Celebrity, on_delete=models.CASCADE, related_name="matches")
    similarity_score = models.FloatField()
    analyzer = models.CharField(max_length=40)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "celebrity matches"
        constraints = [
            models.UniqueConstraint(fields=["face", "celebrity"], name="unique_face_celebrity"),
            models.CheckConstraint(condition=Q(similarity_score__range=(0, 1)), name="celebrity_match_similarity"),
            RowSecurity(name="celebrity_match_rls", select=through("faces_face", "face_id")),
        ]
        indexes = [
            models.Index(fields=["face", "-similarity_score"], name="idx_celebrity_matches_similar"),
            models.Index(fields=["-created_at"], name="idx_celebrity_matches_created"),
        ]

    def __str__(self) -> str:
        return f"{self.similarity_score:.2f}"
