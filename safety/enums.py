"""The closed vocabularies of protection, with the moves each state allows."""

from datetime import UTC, datetime
from enum import StrEnum

from django.db.models import TextChoices

from safety.words.rules import Kind, Label, View

# Until when a banned person is kept out: a moment in a column that otherwise holds the end of a suspension.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


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


DECIDED = [ReportStatus.ACTIONED, ReportStatus.DISMISSED]
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


class FlagKind(TextChoices):
    """What makes a person worth a second look; they are not told."""

    FALSE_REPORTER = "false_reporter"
    MASS_OPENER = "mass_opener"
    OFF_PLATFORM = "off_platform"
    RISKY_TEXT = "risky_text"
    LIKELY_SAME_PERSON = "likely_same_person"
    MANUAL = "manual"


class ActionKind(TextChoices):
    """What a moderator may do about a person: say it, take writing away, keep out for a time, keep out for good."""

    WARNING = "warning"
    RESTRICTION = "restriction"
    SUSPENSION = "suspension"
    BAN = "ban"


class AppealStatus(TextChoices):
    """Upheld: the action stays. Overturned: it is taken back. Moot: it was taken back before anybody decided."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"
    MOOT = "moot"


APPEAL_TRANSITIONS = {
    AppealStatus.OPEN: [
        AppealStatus.UPHELD,
        AppealStatus.OVERTURNED,
        AppealStatus.WITHDRAWN,
        AppealStatus.MOOT,
    ],
    AppealStatus.UPHELD: [],
    AppealStatus.OVERTURNED: [],
    AppealStatus.WITHDRAWN: [],
    AppealStatus.MOOT: [],
}


class TrustSource(TextChoices):
    """What moves trust."""

    REFLECTION = "reflection"
    CONVERSATION = "conversation"
    REPORT_CONFIRMED = "report_confirmed"
    COOLDOWN_PENALTY = "cooldown_penalty"
    MANUAL_REVIEW = "manual_review"


class TrustBand(TextChoices):
    """As much of somebody's trust as whom they are connected to may know."""

    LOW = "low"
    USUAL = "usual"
    HIGH = "high"


class TraceKind(TextChoices):
    """What is remembered of what somebody wrote."""

    OPENER = "opener"
    REFUSED = "refused"


def _choices(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value.replace("_", " ").capitalize()) for value in values]


RULE_LABELS, RULE_KINDS, RULE_VIEWS = _choices(Label), _choices(Kind), _choices(View)
