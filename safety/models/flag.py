from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.enums import FlagKind
from safety.schema import RowSecurity


class SafetyFlagQuerySet(models.QuerySet["SafetyFlag"]):
    def live(self) -> Self:
        return self.filter(resolved_at=None)

    def of_case(self, flag_id: UUID) -> Self:
        """A flag, and those of its kind that the same thing raised on others."""
        same = ("kind", "source_kind", "source_id")
        flag = SafetyFlag.objects.filter(id=flag_id)
        return self.filter(**{f"{name}__in": flag.values(name) for name in same})


class SafetyFlag(Record):
    """Something that makes a person worth a second look: internal and silent, they are never told of it.

    `source_kind` and `source_id` name what gave rise to it without a foreign key, since that may live in a higher app.
    `data` holds numbers and labels, never what somebody wrote.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="safety_flags")
    kind = models.CharField(max_length=20, choices=FlagKind)
    source_kind = models.CharField(max_length=30)
    source_id = models.UUIDField()
    data = models.JSONField(default=dict)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SafetyFlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "source_kind", "source_id"], name="flag_once_a_source"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="flag_resolved_by_somebody",
            ),
            RowSecurity(name="flag_rls"),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(resolved_at=None), name="flag_live_idx")]

    def __str__(self) -> str:
        return self.kind
