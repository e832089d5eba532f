from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.schema import RowSecurity


class Outage(Record):
    """Time in which we were down. No day that it touches breaks a streak; at `due_at` those it broke are mended."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outage_takes_time"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + settings.OUTAGE_LONGEST), name="outage_is_short"
            ),
            RowSecurity(name="outage_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M} UTC"
