from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from config.db import Record
from matching.enums import RUN_TRANSITIONS, RunStatus
from safety.schema import RowSecurity, StateMachine

UNFINISHED = [RunStatus.REQUESTED, RunStatus.RUNNING]


class MatchingRunQuerySet(models.QuerySet["MatchingRun"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def claimable(self, now: datetime) -> Self:
        """Due and waiting, or left behind by a worker whose lease ran out."""
        waiting = Q(status=RunStatus.REQUESTED, due_at__lte=now)
        return self.filter(waiting | Q(status=RunStatus.RUNNING, leased_until__lte=now))


class MatchingRun(Record):
    """One pass of the engine over the pool: the job itself while it is unfinished, its record afterwards."""

    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.REQUESTED)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    pool_size = models.PositiveIntegerField(default=0)
    proposals = models.PositiveIntegerField(default=0)
    left_without = models.PositiveIntegerField(default=0)
    exposure_gini = models.FloatField(null=True, blank=True)
    rejected = models.JSONField(default=dict, blank=True)
    seconds = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = MatchingRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(status__in=UNFINISHED), name="run_one_unfinished"),
            StateMachine(
                name="run_status",
                field="status",
                transitions=RUN_TRANSITIONS,
                initial=[RunStatus.REQUESTED],
            ),
            RowSecurity(name="run_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.due_at:%Y-%m-%d %H:%M}"
