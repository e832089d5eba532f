from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import EXPORT_TRANSITIONS, ExportStatus
from safety.schema import RowSecurity, StateMachine, owner

UNFINISHED = [ExportStatus.REQUESTED, ExportStatus.BUILDING]


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def claimable(self, now: datetime) -> Self:
        """Due and waiting, or left behind by a worker whose claim ran out."""
        waiting = Q(status=ExportStatus.REQUESTED, due_at__lte=now)
        return self.filter(waiting | Q(status=ExportStatus.BUILDING, claimed_until__lte=now))

    def over(self, now: datetime) -> Self:
        return self.filter(status=ExportStatus.READY, expires_at__lte=now)


class DataExport(Record):
    """A copy of everything a person gave and everything derived: the job itself while it is unfinished.

    The file stands in the private storage under `path`, and only while the row is building or ready. It is sealed under
    `file_key`, a wrapped key of its own: without the row nobody reads it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    status = models.CharField(max_length=9, choices=ExportStatus, default=ExportStatus.REQUESTED)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    file_key = models.BinaryField(null=True, editable=False)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status__in=UNFINISHED), name="data_export_one_unfinished"
            ),
            StateMachine(
                name="data_export_status",
                field="status",
                transitions=EXPORT_TRANSITIONS,
                initial=[ExportStatus.REQUESTED],
            ),
            RowSecurity(name="data_export_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="data_export_due_idx")]

    def __str__(self) -> str:
        return f"export {self.created_at:%Y-%m-%d} ({self.status})"

    @property
    def path(self) -> str:
        return f"exports/{self.id}.zip"
