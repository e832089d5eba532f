from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from pgvector.django import VectorField

from config.db import Record
from connect.enums import Mode
from connect.vectors import COMMUNICATION, LIFE_GOALS, VALUES
from safety.schema import RowSecurity, owner


class ConnectProfileQuerySet(models.QuerySet["ConnectProfile"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class ConnectProfile(Record):
    """A person in the pool: whom they look for, and the vectors that stand for them.

    The vectors are numbers only, made by `connect.services.extraction`; what they were made from stays where it is.
    Their dimensions are named and versioned in `connect.vectors`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connect_profile")
    is_active = models.BooleanField(default=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.BOTH)
    min_age = models.PositiveSmallIntegerField(default=18)
    max_age = models.PositiveSmallIntegerField(default=99)
    distance_km = models.PositiveIntegerField(null=True, blank=True)
    preferred_genders = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    language_pref = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    values_vector = VectorField(dimensions=len(VALUES), null=True, blank=True)
    communication_vector = VectorField(dimensions=len(COMMUNICATION), null=True, blank=True)
    life_goals_vector = VectorField(dimensions=len(LIFE_GOALS), null=True, blank=True)
    vector_version = models.CharField(max_length=20, blank=True)
    emotional_readiness_score = models.PositiveSmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ConnectProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_age__gte=18, max_age__lte=120, min_age__lte=F("max_age")),
                name="connect_profile_ages",
            ),
            models.CheckConstraint(
                condition=Q(emotional_readiness_score__lte=100) | Q(emotional_readiness_score=None),
                name="connect_profile_readiness",
            ),
            RowSecurity(name="connect_profile_rls", select=owner(), insert=owner(), update=owner()),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(is_active=True), name="connect_profile_pool_idx")]

    def __str__(self) -> str:
        return f"{self.mode}, {self.min_age}-{self.max_age}"
