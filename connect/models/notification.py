from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import NotificationType, RelatedType
from safety.schema import RowSecurity, owner


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def to_push(self) -> Self:
        """Those that a worker still has to hand to their people's devices."""
        return self.filter(to_push=True)


class Notification(Record):
    """Something a person should know; never who an anonymous other is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    type = models.CharField(max_length=20, choices=NotificationType)
    title = models.CharField(max_length=120)
    message = models.CharField(max_length=300, blank=True)
    related_id = models.UUIDField(null=True, blank=True)
    related_type = models.CharField(max_length=12, choices=RelatedType, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    to_push = models.BooleanField(default=False, db_default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            RowSecurity(name="notification_rls", select=owner(), update=owner(), delete=owner()),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_user_idx"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread_idx"),
            models.Index(fields=["created_at"], condition=Q(to_push=True), name="notification_to_push_idx"),
        ]

    def __str__(self) -> str:
        return self.title
