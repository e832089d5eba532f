"""The closed vocabularies of protection, with the moves each state allows."""

from django.db.models import TextChoices


class BlockSource(TextChoices):
    MANUAL = "manual"
    PANIC_EXIT = "panic_exit"
    REPORT = "report"
    MODERATION_ACTION = "moderation_action"


class Severity(TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ReportStatus(TextChoices):
    OPEN = "open"
    TRIAGED = "triaged"
    ACTIONED = "actioned"
    DISMISSED = "dismissed"


REPORT_TRANSITIONS = {
    ReportStatus.OPEN: [ReportStatus.TRIAGED, ReportStatus.DISMISSED],
    ReportStatus.TRIAGED: [ReportStatus.ACTIONED, ReportStatus.DISMISSED],
    ReportStatus.ACTIONED: [],
    ReportStatus.DISMISSED: [],
}


class ReportReason(TextChoices):
    HARASSMENT = "harassment"
    THREAT = "threat"
    SEXUAL = "sexual"
    SCAM = "scam"
    SPAM = "spam"
    MINOR = "minor"
    IMPERSONATION = "impersonation"
    SELF_HARM = "self_harm"
    OTHER = "other"


SEVERITY_BY_REASON = {
    ReportReason.MINOR: Severity.CRITICAL,
    ReportReason.THREAT: Severity.CRITICAL,
    ReportReason.SELF_HARM: Severity.HIGH,
    ReportReason.SEXUAL: Severity.HIGH,
    ReportReason.HARASSMENT: Severity.MEDIUM,
    ReportReason.SCAM: Severity.MEDIUM,
    ReportReason.IMPERSONATION: Severity.MEDIUM,
    ReportReason.SPAM: Severity.LOW,
    ReportReason.OTHER: Severity.LOW,
}
