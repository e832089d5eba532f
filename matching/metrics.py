"""The matching run and discovery in figures."""

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from config import lag
from config.lag import Kind, Reckoned
from matching.enums import UNDECIDED, RunStatus
from matching.models import Chart, ConnectionEvent, Match, MatchingRun, PoolEntry
from matching.services import ratings
from matching.services.discovery_health import health

KINDS = (
    Kind("run_matching", MatchingRun, waiting=Q(status=RunStatus.REQUESTED)),
    Kind("build_pool_entries", PoolEntry),
    Kind("consider_newcomers", PoolEntry, "consider_at", Q(due_at=None, query__isnull=False)),
    Kind("rebuild_charts", Chart),
    Kind("expire_proposals", Match, "expires_at", Q(status__in=UNDECIDED)),
    Kind("remind_of_talks", ConnectionEvent),
    Reckoned("count_reflections", ratings.behind),
)
FIGURES = {
    "pool_size": "People who took part in the last finished run to its end.",
    "proposals": "Proposals it made.",
    "left_without": "People it made none for.",
    "alone": "Of them, people whom nobody suited.",
    "exposure_gini": "Inequality of exposure, 0 to 1, with its proposals.",
}

DISCOVERY = {
    "visible": "People who can be found, by server.",
    "batches": "Live batches, by server.",
    "exhausted": "Of them, those with fewer than five people.",
}


def figures() -> Iterator[Metric]:
    """Of the last finished run, of what waits, and of discovery. Needs the service role."""
    yield from _of_last_run()
    runs = GaugeMetricFamily("matching_runs", "Runs on record, by status.", labels=["status"])
    for status, count in MatchingRun.objects.order_by().values_list("status").annotate(count=Count("id")):
        runs.add_metric([status], count)
    yield runs
    waiting = PoolEntry.objects.aggregate(
        build=Count("id", filter=Q(due_at__isnull=False)), consider=Count("id", filter=Q(consider_at__isnull=False))
    )
    backlog = GaugeMetricFamily("matching_backlog", "People whose entry waits, by what for.", labels=["work"])
    for work, count in waiting.items():
        backlog.add_metric([work], count)
    yield backlog
    yield from _of_discovery()


def _of_discovery() -> Iterator[Metric]:
    found = health()
    yield GaugeMetricFamily("matching_discovery_people", "People in the pool.", value=found.people)
    yield GaugeMetricFamily("matching_discovery_exposure_gini", "Inequality of exposure, 0 to 1.", value=found.gini)
    servers = {
        name: GaugeMetricFamily(f"matching_discovery_{name}", meaning, labels=["server"])
        for name, meaning in DISCOVERY.items()
    }
    for server, each in found.servers.items():
        for name, family in servers.items():
            family.add_metric([server], getattr(each, name))
    yield from servers.values()
    unmet = GaugeMetricFamily("matching_discovery_unmet", "People whom it keeps out, by what.", labels=["code"])
    for code, count in found.unmet.items():
        unmet.add_metric([code], count)
    yield unmet


def declare() -> None:
    lag.register(*KINDS)


def _of_last_run() -> Iterator[Metric]:
    last = MatchingRun.objects.filter(status=RunStatus.FINISHED).order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        return
    for name, meaning in FIGURES.items():
        yield GaugeMetricFamily(f"matching_run_{name}", meaning, value=float(getattr(last, name) or 0))
    finished = last.finished_at.timestamp()
    yield GaugeMetricFamily("matching_run_finished_timestamp_seconds", "When it ended.", value=finished)
    seconds = GaugeMetricFamily("matching_run_seconds", "How long each of its stages took.", labels=["stage"])
    for stage, passed in last.seconds.items():
        seconds.add_metric([stage], passed)
    yield seconds
    rejected = GaugeMetricFamily("matching_run_rejected_pairs", "Ordered pairs turned down, by rule.", labels=["rule"])
    for rule, count in last.rejected.items():
        rejected.add_metric([rule], count)
    yield rejected
