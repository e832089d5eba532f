from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity, owner


class DeviceSessionQuerySet(models.QuerySet["DeviceSession"]):
    def live(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def with_current(self, session_id: UUID | None) -> Self:
        """`current`: whether a session is this one."""
        return self.annotate(current=models.ExpressionWrapper(Q(id=session_id), models.BooleanField()))


class DeviceSession(Record):
    """One signed-in device: the family of the refresh tokens it was given, of which only the newest is good.

    Its id stands in every access token and is looked at on each call, so that revoking it works at once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    refresh_token_hash = models.CharField(max_length=64)
    device_label = models.CharField(max_length=80, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=255, blank=True)
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=30, blank=True)

    objects = DeviceSessionQuerySet.as_manager()

    class Meta:
        constraints = [RowSecurity(name="session_rls", select=owner())]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="session_user_idx"),
            models.Index(fields=["expires_at"], name="session_expiry_idx"),
            models.Index(fields=["revoked_at"], condition=Q(revoked_at__isnull=False), name="session_revoked_idx"),
        ]

    def __str__(self) -> str:
        return self.device_label or str(self.id)
