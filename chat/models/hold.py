from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.enums import HOLD_TRANSITIONS, HoldStatus
from config.db import Record
from safety.schema import RowSecurity, StateMachine


class HeldMessageQuerySet(models.QuerySet["HeldMessage"]):
    def waiting(self) -> Self:
        return self.filter(status=HoldStatus.HELD)

    def decide(self, status: HoldStatus, now: datetime) -> int:
        return self.waiting().update(status=status, decided_at=now)


class HeldMessage(Record):
    """A message that waits for a moderator before the other learns of it; why, and what was decided.

    `decided_by` is empty where its conversation ended before anybody looked.
    """

    message = models.OneToOneField("chat.Message", on_delete=models.CASCADE, related_name="hold")
    label = models.CharField(max_length=30)
    risk = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=HoldStatus, default=HoldStatus.HELD)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = HeldMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=HoldStatus.HELD, decided_at=None, decided_by=None)
                | ~Q(status=HoldStatus.HELD) & Q(decided_at__isnull=False),
                name="held_until_decided",
            ),
            StateMachine(name="held_status", field="status", transitions=HOLD_TRANSITIONS, initial=[HoldStatus.HELD]),
            RowSecurity(name="held_rls"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(status=HoldStatus.HELD), name="held_queue_idx")]

    def __str__(self) -> str:
        return f"{self.label} ({self.status})"
