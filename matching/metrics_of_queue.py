"""The queue for live conversations in figures. Those of its ends are of the last hour."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Sum
from prometheus_client import Metric
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily

from config import clock
from matching.enums import QueueStatus
from matching.models import QueueEntry

LATELY = timedelta(hours=1)
BOUNDS = (2, 5, 10, 20, 30, 60, 120, 180, 300, 600)
"""Seconds."""


def figures() -> Iterator[Metric]:
    """Needs the service role."""
    now = clock.now()
    waiting = QueueEntry.objects.active().aggregate(number=Count("*"), first=Min("enqueued_at"))
    longest = (now - waiting["first"]).total_seconds() if waiting["first"] else 0.0
    yield GaugeMetricFamily("matching_queue_waiting", "People who wait.", value=waiting["number"])
    yield GaugeMetricFamily("matching_queue_longest_wait_seconds", "Of those who wait, the longest.", value=longest)
    lately = QueueEntry.objects.filter(dequeued_at__gt=now - LATELY)
    yield from _ends(lately)
    yield _waits(lately.filter(status=QueueStatus.MATCHED))


def _ends(lately: QuerySet[QueueEntry]) -> Iterator[Metric]:
    counts = dict(lately.order_by().values_list("status").annotate(number=Count("*")))
    ended = GaugeMetricFamily("matching_queue_ended", "Waits that ended in the last hour, by how.", labels=["status"])
    for status in QueueStatus:
        if status != QueueStatus.ACTIVE:
            ended.add_metric([status], counts.get(status, 0))
    yield ended
    pairs = counts.get(QueueStatus.MATCHED, 0) / 2
    yield GaugeMetricFamily("matching_queue_pairs", "Pairs formed in the last hour.", value=pairs)


def _waits(paired: QuerySet[QueueEntry]) -> Metric:
    """How long those who were paired in the last hour had waited."""
    waited = ExpressionWrapper(F("dequeued_at") - F("enqueued_at"), output_field=DurationField())
    within = {f"le_{bound}": Count("id", filter=Q(waited__lte=timedelta(seconds=bound))) for bound in BOUNDS}
    found = paired.annotate(waited=waited).aggregate(number=Count("*"), total=Sum("waited"), **within)
    buckets = [(str(bound), found[f"le_{bound}"]) for bound in BOUNDS]
    return GaugeHistogramMetricFamily(
        "matching_queue_wait_seconds",
        "How long those had waited who were paired in the last hour.",
        buckets=[*buckets, ("+Inf", found["number"])],
        gsum_value=(found["total"] or timedelta()).total_seconds(),
    )
