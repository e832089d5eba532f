from collections.abc import Collection
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config import bulk
from config.db import Record
from safety.schema import RowSecurity


class TwinsQuerySet(models.QuerySet["Twins"]):
    def between(self, user_id: UUID, others: Collection[UUID]) -> Self:
        """Those of somebody and any of these people."""
        any_of = bulk.any_of(others)
        return self.filter(Q(user_a=user_id, user_b__in=any_of) | Q(user_b=user_id, user_a__in=any_of))


class Twins(Record):
    """Two people so alike that they were taken for one, whom a moderator told apart, for good; `user_a` has the smaller
    id. It outlives their faces, and the likenesses found between these.
    """

    user_a = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    user_b = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = TwinsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "twins"
        constraints = [
            models.UniqueConstraint(fields=["user_a", "user_b"], name="twins_once"),
            models.CheckConstraint(condition=Q(user_a__lt=F("user_b")), name="twins_ordered"),
            RowSecurity(name="twins_rls"),
        ]

    def __str__(self) -> str:
        return "told apart"

    def other(self, user_id: UUID) -> UUID:
        return self.user_b_id if user_id == self.user_a_id else self.user_a_id
