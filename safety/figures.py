"""What the dashboard shows of reports."""

from config.figures import Bars, Source, Term, read, register
from safety.enums import Severity

TIMES = {
    "hour": "within an hour",
    "half_day": "within 12 hours",
    "day": "within a day",
    "three_days": "within 3 days",
    "later": "later",
    "waiting": "not yet",
}
SEVERITY = Bars(
    "Reports by severity",
    "Reports by the day they were filed, and the share of each severity",
    [(severity.label, Term("report", severity)) for severity in reversed(Severity)],
    place=71,
)
DECIDED = Bars(
    "Time to decision",
    "How long the reports of these days waited for their decision",
    [(label, Term("decision", bucket)) for bucket, label in TIMES.items()],
    place=72,
)


def declare() -> None:
    register(Source(("report", "decision"), read("safety", "figures.sql"), [SEVERITY, DECIDED]))
