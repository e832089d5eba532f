from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class DueQuerySet(models.QuerySet):
    def claimable(self, now: datetime) -> Self:
        """Due, and with no worker at them, or one whose claim ran out."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), due_at__lte=now)


class Due(models.Model):
    """A row that is a job: a worker claims it for a while, commits, and only then asks somebody outside."""

    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
