"""Likeness in figures."""

from collections.abc import Iterator

from django.db.models import Count, Q, Sum
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from config import clock, lag, metrics, tally
from config.lag import Kind
from config.metrics import rows_made
from faces import enums
from faces.models import Baby, FaceConnection, MatchJob, PaintingDay, Reaction
from faces.models.baby import UNFINISHED
from faces.services import analyses, likes

KINDS = (
    Kind("paint_babies", Baby, waiting=Q(status__in=UNFINISHED)),
    Kind("run_match_jobs", MatchJob, waiting=Q(status__in=enums.UNFINISHED)),
)
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


def work() -> Iterator[Metric]:
    """Of jobs, analyses and likes. Needs the service role."""
    jobs = GaugeMetricFamily("match_jobs", "Jobs on record, by status.", labels=["status"])
    found = dict(MatchJob.objects.order_by().values_list("status").annotate(n=Count("id")))
    for status in enums.JobStatus.values:
        jobs.add_metric([status], found.get(status, 0))
    yield jobs
    yield from _of_analyses()
    yield CounterMetricFamily("face_reactions", "Likes, and likenesses seen.", value=rows_made(Reaction))
    # No lag: `waiting_since` says when two likes met, and nothing since when they may be connected.
    due = likes.due(clock.now())[: lag.COUNTED].count()
    yield GaugeMetricFamily("face_likes_due", "Likes that waited and may meet now, 1,000 at most.", value=due)
    yield CounterMetricFamily("face_connections", "Pairs that two likes connected.", value=rows_made(FaceConnection))


def _of_analyses() -> Iterator[Metric]:
    counted = tally.read()
    for (app, name), meaning in ((analyses.COUNT, "Pictures looked at."), (analyses.SECONDS, "How long that took.")):
        family = CounterMetricFamily(f"face_{name}", meaning, labels=["analyzer"])
        for (kind, of, *rest), amount in counted.items():
            if (kind, of) == (app, name):
                family.add_metric(rest, amount)
        yield family


def declare() -> None:
    lag.register(*KINDS)
    metrics.register(babies)
    metrics.register(work)
