"""Reports in figures, and how far protection's jobs are behind."""

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from config import clock, lag
from config.lag import Kind
from config.metrics import rows_made
from safety.enums import Severity
from safety.models import Block, ModerationAction, Report, TrustScore

KINDS = (
    Kind("part_blocked", Block, waiting=Q(blocked__isnull=False)),
    Kind("lapse_actions", ModerationAction, "expires_at", Q(revoked_at=None, lapsed_at=None)),
    Kind("settle_trust", TrustScore),
)


def figures() -> Iterator[Metric]:
    """Needs the service role."""
    yield CounterMetricFamily("safety_reports", "Reports filed.", value=rows_made(Report))
    undecided = Report.objects.undecided().order_by().values_list("severity")
    waiting = dict(undecided.annotate(count=Count("id")))
    gauge = GaugeMetricFamily("safety_reports_undecided", "Reports that wait, by severity.", labels=["severity"])
    for severity in Severity:
        gauge.add_metric([severity], waiting.get(severity, 0))
    yield gauge
    late = Report.objects.overdue(clock.now()).count()
    yield GaugeMetricFamily("safety_reports_overdue", "Of them, those whose time to be decided is over.", value=late)


def declare() -> None:
    lag.register(*KINDS)
