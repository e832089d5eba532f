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
    """One pass of the engine over the pool: the job itself while it is unfinished, its record afterwards.

    `pool_size` are the people who took part to the end: of a run in shards not who left it, or was built anew, while it
    was under way. `left_without` of them got nothing, `alone` of them had nobody to whom they could have been proposed.
    `rejected` are ordered pairs by the rule that was the first to turn them down. A run in shards keeps what all of
    them must agree on: `members`, the ids of its people in the order of the engine's blocks, and `starts`, where the
    blocks begin.
    """

    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.REQUESTED)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    pool_size = models.PositiveIntegerField(default=0)
    proposals = models.PositiveIntegerField(default=0)
    left_without = models.PositiveIntegerField(default=0)
    alone = models.PositiveIntegerField(default=0)
    exposure_gini = models.FloatField(null=True, blank=True)
    rejected = models.JSONField(default=dict, blank=True)
    seconds = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)
    members = models.BinaryField(default=bytes)
    starts = models.BinaryField(default=bytes)

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


class MatchingShardQuerySet(models.QuerySet["MatchingShard"]):
    def unfinished(self) -> Self:
        return self.filter(finished_at=None)

    def claimable(self, now: datetime) -> Self:
        """Waiting, or left behind by a worker whose lease ran out."""
        return self.unfinished().filter(run__status=RunStatus.RUNNING).exclude(leased_until__gt=now)


class MatchingShard(Record):
    """A part of a run that any worker may take: pairs of blocks to look at, and then the shortlists out of them.

    `meetings` are int32 pairs of block numbers; `shortlists` what `shards` makes of the answer. Gone with the end of
    the run.
    """

    run = models.ForeignKey(MatchingRun, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    meetings = models.BinaryField()
    shortlists = models.BinaryField(null=True)
    rejected = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.JSONField(default=dict, blank=True)

    objects = MatchingShardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="shard_once"),
            RowSecurity(name="shard_rls"),
        ]

    def __str__(self) -> str:
        return f"shard {self.number}"
