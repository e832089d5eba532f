from django.conf import settings
from django.db import models

from config.db import Record
from safety.schema import AppendOnly, RowSecurity, owner
from streaks.enums import EffortSignal


class CheckIn(Record):
    """One person's sign of life on one day of a streak; never changed, never late.

    `cycle` is the one the day belongs to; while the streak is reset, that is the one that both would begin.
    """

    # Rows go by the function that forgets a person, and by no cascade: the trigger would refuse it.
    streak = models.ForeignKey("streaks.Streak", on_delete=models.DO_NOTHING, related_name="check_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="check_ins")
    local_date = models.DateField()
    cycle = models.PositiveIntegerField()
    effort_signal = models.CharField(max_length=6, choices=EffortSignal)
    checked_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["streak", "user", "local_date"], name="check_in_once_a_day"),
            AppendOnly(name="check_in_append_only"),
            RowSecurity(name="check_in_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return f"{self.local_date} ({self.effort_signal})"
