from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import AppendOnly, RowSecurity, owner
from streaks.enums import XpSource


class XpEntry(Record):
    """Points that one thing brought, once; the balance is their sum. `source_ref_id` says which thing it was."""

    # Rows go by the function that forgets a person, and by no cascade: the trigger would refuse it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="xp_entries")
    xp_delta = models.IntegerField()
    source_type = models.CharField(max_length=15, choices=XpSource)
    source_ref_id = models.UUIDField()
    awarded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "XP entries"
        constraints = [
            models.CheckConstraint(condition=~Q(xp_delta=0), name="xp_delta"),
            models.UniqueConstraint(fields=["user", "source_type", "source_ref_id"], name="xp_once"),
            AppendOnly(name="xp_append_only"),
            RowSecurity(name="xp_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="xp_user_idx"),
            models.Index(fields=["user", "awarded_at"], name="xp_day_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.xp_delta:+d} {self.source_type}"
