from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.schema import RowSecurity, pair


class Nudge(Record):
    """A reminder from the one who has checked in to the one who has not; `number` counts those of one day at risk."""

    streak = models.ForeignKey("streaks.Streak", on_delete=models.CASCADE, related_name="nudges")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="nudges_sent")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="nudges_received")
    local_date = models.DateField()
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["streak", "local_date", "number"], name="nudge_counted"),
            models.CheckConstraint(condition=Q(number__gte=1), name="nudge_counted_from_one"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="nudge_not_self"),
            RowSecurity(name="nudge_rls", select=pair("sender_id", "receiver_id")),
        ]

    def __str__(self) -> str:
        return f"{self.local_date}, nudge {self.number}"
