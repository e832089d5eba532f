from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from config.db import Record
from safety.schema import RowSecurity


class StandingIdentityQuerySet(models.QuerySet["StandingIdentity"]):
    def others_of(self, user_id: UUID) -> Self:
        """Those of other people who were reached by the same."""
        own = StandingIdentity.objects.filter(user=user_id).values("digest")
        return self.filter(digest__in=own).exclude(user=user_id)


class StandingIdentity(Record):
    """The keyed hash of what somebody is reached by against whom something stands: an action, or an open case.

    It outlives their account, and recognises who comes back under another; `left_at` is when they left.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = StandingIdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "standing identities"
        constraints = [
            models.UniqueConstraint(fields=["digest", "user"], name="standing_identity_once"),
            RowSecurity(name="standing_identity_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
