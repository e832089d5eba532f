from django.conf import settings
from django.db import models

from config.db import Record
from safety.enums import REPORT_TRANSITIONS, ReportReason, ReportStatus, Severity
from safety.schema import RowSecurity, StateMachine, owner


class Report(Record):
    """A person asks for help against another.

    `evidence` is a copy frozen at filing, sealed under a key of this case alone. `subject_kind` and `subject_id` name
    what it is about without a foreign key, since the subject lives in a higher app.
    """

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_filed")
    reported = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_received")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    reason_code = models.CharField(max_length=20, choices=ReportReason)
    details_text = models.TextField(blank=True)
    severity = models.CharField(max_length=10, choices=Severity)
    status = models.CharField(max_length=10, choices=ReportStatus, default=ReportStatus.OPEN)
    evidence = models.BinaryField(null=True)
    evidence_key = models.BinaryField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            StateMachine(
                name="report_status",
                field="status",
                transitions=REPORT_TRANSITIONS,
                initial=[ReportStatus.OPEN],
            ),
            RowSecurity(name="report_rls", select=owner("reporter_id")),
        ]
        indexes = [
            models.Index(fields=["status", "severity", "created_at"], name="report_queue_idx"),
            models.Index(fields=["reported", "created_at"], name="report_reported_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.reason_code} ({self.status})"
