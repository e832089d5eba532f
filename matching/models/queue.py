from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import QUEUE_TRANSITIONS, QueueReason, QueueStatus
from safety.schema import RowSecurity, StateMachine, owner


class QueueEntryQuerySet(models.QuerySet["QueueEntry"]):
    def active(self) -> Self:
        return self.filter(status=QueueStatus.ACTIVE)

    def of(self, user_id: UUID) -> Self:
        return self.filter(user=user_id)

    def overdue(self, moment: datetime) -> Self:
        """Waiting since before that moment, what they waited earlier not counted."""
        return self.active().filter(enqueued_at__lte=moment)

    def measured(self, since: datetime) -> Self:
        """Those who waited to an end that was not their own choice, the latest first."""
        ended = self.filter(status__in=[QueueStatus.MATCHED, QueueStatus.EXPIRED], dequeued_at__gt=since)
        return ended.order_by("-dequeued_at")

    def walked_away(self, since: datetime) -> Self:
        """Those whose person left, or left or missed the pairing that came of them."""
        left = Q(status=QueueStatus.CANCELLED, queue_reason=QueueReason.LEFT)
        broken = Q(status=QueueStatus.MATCHED, queue_reason__in=[QueueReason.LEFT, QueueReason.ABSENT])
        return self.filter(left | broken, dequeued_at__gt=since)


class QueueEntry(Record):
    """Somebody's wait for a live conversation, from joining to its end.

    `waiting_since` is what their turn goes by: for the survivor of a pairing that broke it lies before `enqueued_at`.
    `region_key` is an H3 cell as large as a country, for figures only; empty where the person has no place. `seen_at`
    is when they were last known to be there.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queue_entries", db_index=False
    )
    status = models.CharField(max_length=9, choices=QueueStatus, default=QueueStatus.ACTIVE)
    enqueued_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    dequeued_at = models.DateTimeField(null=True, blank=True)
    region_key = models.CharField(max_length=15, blank=True)
    queue_reason = models.CharField(max_length=8, choices=QueueReason, blank=True)
    seen_at = models.DateTimeField()
    match = models.ForeignKey(
        "matching.Match", on_delete=models.CASCADE, null=True, blank=True, related_name="queue_entries"
    )

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "queue entries"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status=QueueStatus.ACTIVE), name="queue_entry_one_active"
            ),
            models.CheckConstraint(condition=Q(waiting_since__lte=F("enqueued_at")), name="queue_entry_waits"),
            models.CheckConstraint(
                condition=Q(status=QueueStatus.ACTIVE, dequeued_at=None)
                | ~Q(status=QueueStatus.ACTIVE) & Q(dequeued_at__gte=F("enqueued_at")),
                name="queue_entry_dequeued",
            ),
            models.CheckConstraint(
                condition=Q(status=QueueStatus.MATCHED, match__isnull=False)
                | ~Q(status=QueueStatus.MATCHED) & Q(match=None),
                name="queue_entry_matched",
            ),
            StateMachine(
                name="queue_entry_status",
                field="status",
                transitions=QUEUE_TRANSITIONS,
                initial=[QueueStatus.ACTIVE],
            ),
            RowSecurity(name="queue_entry_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["status", "enqueued_at"], name="queue_entry_status_idx"),
            models.Index(fields=["user", "enqueued_at"], name="queue_entry_user_idx"),
            models.Index(
                fields=["region_key", "dequeued_at"],
                condition=Q(status__in=[QueueStatus.MATCHED, QueueStatus.EXPIRED]),
                name="queue_entry_waits_idx",
            ),
            models.Index(fields=["dequeued_at"], name="queue_entry_ended_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.status} since {self.waiting_since:%Y-%m-%d %H:%M}"
