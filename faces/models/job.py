from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.models.due import Due, DueQuerySet
from faces.enums import JOB_TRANSITIONS, UNFINISHED, JobStage, JobStatus, JobType
from safety.schema import RowSecurity, StateMachine, owner


class MatchJobQuerySet(DueQuerySet):
    def claimable(self, now: datetime) -> Self:
        """Those that wait and are due, and those whose worker is gone."""
        return super().claimable(now).filter(status__in=UNFINISHED)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)


class MatchJob(Due, Record):
    """The work that follows an upload: what the face looks like, whom and whom of the famous it is like.

    `due_at` is when it is tried next; stage: how far it came; the two counts say what was found. again: nobody waits
    for it, since something around a face changed that was looked at before; those that somebody waits for go first.
    """

    face = models.ForeignKey("faces.Face", on_delete=models.CASCADE, related_name="jobs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="match_jobs")
    job_type = models.CharField(max_length=15, choices=JobType, default=JobType.BOTH)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.PENDING)
    stage = models.CharField(max_length=11, choices=JobStage, default=JobStage.WAITING)
    again = models.BooleanField(default=False)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    error_message = models.CharField(max_length=200, blank=True)
    matches_found = models.PositiveIntegerField(default=0)
    lookalikes_found = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = MatchJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["face"], condition=Q(status__in=UNFINISHED), name="match_job_one_unfinished"
            ),
            StateMachine(
                name="match_job_status",
                field="status",
                transitions=JOB_TRANSITIONS,
                initial=[JobStatus.PENDING],
            ),
            RowSecurity(name="match_job_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="idx_match_jobs_status"),
            models.Index(fields=["again", "due_at"], condition=Q(status__in=UNFINISHED), name="idx_match_jobs_pending"),
            models.Index(fields=["job_type"], name="idx_match_jobs_job_type"),
            models.Index(
                fields=["status", "job_type", "created_at"],
                condition=Q(status=JobStatus.PENDING),
                name="idx_match_jobs_type_created",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_type} ({self.status})"
