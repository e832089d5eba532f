from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import Purpose
from safety.schema import RowSecurity, owner


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> Self:
        return self.filter(revoked_at=None)

    def allows(self, user_id: UUID, purpose: Purpose) -> bool:
        return self.live().filter(user=user_id, purpose=purpose).exists()


class Consent(Record):
    """A ledger of what people allowed, in which version of the text, from when to when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    version = models.CharField(max_length=20)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], condition=Q(revoked_at=None), name="consent_one_live"),
            RowSecurity(name="consent_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["purpose", "user"], condition=Q(revoked_at=None), name="consent_live_idx")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
