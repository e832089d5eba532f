"""What the dashboard shows of reports and of trust."""

from config.figures import Bars, Line, Lines, Source, Term, read, register
from safety.enums import Severity, TrustSource

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
TRUST = Bars(
    "What moved trust",
    "Entries of the ledger of trust by what they came from",
    [(source.label, Term("trust", source)) for source in TrustSource],
    place=75,
)
MEAN_TRUST = Lines(
    "Mean trust",
    "Mean score, as it was at the end of the day, of those who have one; 50 is where everybody begins",
    [Line("score", Term("trust_score", summed=True), Term("trust_score"))],
    ".1f",
    place=76,
)


def declare() -> None:
    register(
        Source(("report", "decision"), read("safety", "figures.sql"), [SEVERITY, DECIDED]),
        Source(("trust",), read("safety", "figures_of_trust.sql"), [TRUST]),
        # A score has no past: of the days before, what was counted then stays.
        Source(("trust_score",), read("safety", "mean_trust.sql"), [MEAN_TRUST], days=1),
    )
