"""Likeness in figures."""

from collections.abc import Iterator

from django.db.models import Q, Sum
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily

from config import lag, metrics
from config.lag import Kind
from faces.models import Baby, PaintingDay
from faces.models.baby import UNFINISHED

KINDS = (Kind("paint_babies", Baby, waiting=Q(status__in=UNFINISHED)),)
PAINTED = ("asked", "painted", "failed")


def babies() -> Iterator[Metric]:
    """Of all days on record. Needs the service role."""
    sums = PaintingDay.objects.aggregate(**{name: Sum(name, default=0) for name in (*PAINTED, "seconds", "spent")})
    pictures = CounterMetricFamily("baby_pictures", "Pictures of babies, by what became of them.", labels=["outcome"])
    for outcome in PAINTED:
        pictures.add_metric([outcome], sums[outcome])
    yield pictures
    yield CounterMetricFamily("baby_picture_seconds", "How long those took that were painted.", value=sums["seconds"])
    yield CounterMetricFamily("baby_picture_cost_cents", "What they cost, in US cents.", value=sums["spent"] / 1000)


def declare() -> None:
    lag.register(*KINDS)
    metrics.register(babies)
