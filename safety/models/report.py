from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.enums import DECIDED, REPORT_TRANSITIONS, ReportReason, ReportStatus, Severity
from safety.schema import RowSecurity, StateMachine, owner

# As moderators take them: by severity and the reporter's weight, then the oldest.
QUEUE_ORDER = ("-priority", "created_at", "id")


class ReportQuerySet(models.QuerySet["Report"]):
    def undecided(self) -> Self:
        return self.exclude(status__in=DECIDED)

    def decided(self) -> Self:
        return self.filter(status__in=DECIDED)

    def unopened(self) -> Self:
        """Without what is sealed."""
        return self.defer("details", "evidence", "evidence_key")

    def overdue(self, now: datetime) -> Self:
        return self.undecided().filter(due_at__lte=now)


class Report(Record):
    """A person asks for help against another.

    `details` are the reporter's own words, `evidence` is a copy frozen at filing; both are sealed under a key of this
    case alone. `subject_kind` and `subject_id` name
    what it is about without a foreign key, since the subject lives in a higher app. `reporter_weight` is what the
    reporter's earlier reports were worth when this one was filed, and part of its `priority` in the queue.
    """

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_filed")
    reported = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_received")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    reason_code = models.CharField(max_length=20, choices=ReportReason)
    details = models.BinaryField(null=True)
    severity = models.CharField(max_length=10, choices=Severity)
    status = models.CharField(max_length=10, choices=ReportStatus, default=ReportStatus.OPEN)
    evidence = models.BinaryField(null=True)
    evidence_key = models.BinaryField(null=True)
    reporter_weight = models.FloatField(default=1.0)
    priority = models.FloatField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    triaged_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_text = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        permissions = [("oversee_report", "Can decide cases about staff")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ReportStatus.TRIAGED) | Q(assigned_to__isnull=False, triaged_at__isnull=False),
                name="report_triaged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision_text="")
                | ~Q(status__in=DECIDED) & Q(decided_by=None, decided_at=None, decision_text=""),
                name="report_decided_with_reasons",
            ),
            StateMachine(
                name="report_status",
                field="status",
                transitions=REPORT_TRANSITIONS,
                initial=[ReportStatus.OPEN],
            ),
            RowSecurity(name="report_rls", select=owner("reporter_id")),
        ]
        indexes = [
            models.Index(fields=QUEUE_ORDER, condition=~Q(status__in=DECIDED), name="report_open_idx"),
            models.Index(fields=["reporter", "created_at"], name="report_reporter_idx"),
            models.Index(fields=["reported", "created_at"], name="report_reported_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.reason_code} ({self.status})"
