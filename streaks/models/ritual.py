"""What somebody keeps for themselves: nobody else reads it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity, owner

ANSWER = 2000
INTENT = 280


class DailyPromptAnswer(Record):
    """What somebody wrote to the prompt of one of their days, by the clock of where they were."""

    prompt = models.ForeignKey("chat.Prompt", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="daily_answers")
    local_date = models.DateField()
    answer = models.TextField(max_length=ANSWER)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "prompt", "local_date"], name="daily_answer_once"),
            RowSecurity(name="daily_answer_rls", select=owner(), insert=owner()),
        ]
        indexes = [models.Index(fields=["user", "-local_date"], name="daily_answer_day_idx")]

    def __str__(self) -> str:
        return str(self.local_date)


class WeeklyIntent(Record):
    """What somebody means to do in a week; `week_start_date` is its Monday by their clock."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weekly_intents")
    week_start_date = models.DateField()
    intent = models.CharField(max_length=INTENT)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "week_start_date"], name="weekly_intent_once"),
            models.CheckConstraint(condition=Q(week_start_date__iso_week_day=1), name="weekly_intent_from_monday"),
            RowSecurity(name="weekly_intent_rls", select=owner(), insert=owner(), update=owner()),
        ]

    def __str__(self) -> str:
        return str(self.week_start_date)
