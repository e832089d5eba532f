from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity, owner


class AccountDeletionQuerySet(models.QuerySet["AccountDeletion"]):
    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now).filter(Q(claimed_until=None) | Q(claimed_until__lte=now))


class AccountDeletion(Record):
    """An account that is to be erased; the row is the job."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletion")
    due_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = AccountDeletionQuerySet.as_manager()

    class Meta:
        constraints = [RowSecurity(name="account_deletion_rls", select=owner())]

    def __str__(self) -> str:
        return f"deletion due {self.due_at:%Y-%m-%d}"
