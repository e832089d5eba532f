"""How long requests and frames of sockets take and how they end: as many series as there are routes and types of
frames, and no more.
"""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from config import clock, tally
from config.tally import Name

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUESTS, SECONDS, SUM = "requests", "seconds", "sum"
SLOW = 0.5
"""Seconds from which an answer is slow; as in docs/alerts.yml."""
DAY = "day"


class Kinds(NamedTuple):
    """What is counted of one thing: how it ended, into which bucket its seconds fall, and their sum."""

    ended: str
    seconds: str
    sum: str


OF_REQUESTS = Kinds(REQUESTS, SECONDS, SUM)
OF_FRAMES = Kinds("frames", "frame_seconds", "frame_sum")
View = Callable[[HttpRequest], HttpResponseBase]


@sync_only_middleware
def measure_requests(get_response: View) -> View:
    """Stands outside of all others, so that what they refuse counts too."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        tally.add(_counted(request, response.status_code, time.perf_counter() - began))
        return response

    return answer


def count_frame(type: str, outcome: str, seconds: float) -> None:
    """One frame of a socket; no input or output. `type` is one that is declared, or empty."""
    tally.add(_amounts(OF_FRAMES, (type or "none",), outcome, seconds) + _of_day("frame", outcome, seconds))


def _counted(request: HttpRequest, status: int, seconds: float) -> list[tuple[Name, float]]:
    of = (request.method if request.method in METHODS else "other", route_of(request))
    outcome = f"{status // 100}xx"
    amounts = _amounts(OF_REQUESTS, of, outcome, seconds)
    return amounts if of[1] == "admin" else amounts + _of_day("api", outcome, seconds)


def _amounts(kinds: Kinds, of: Name, outcome: str, seconds: float) -> list[tuple[Name, float]]:
    return [
        ((kinds.ended, *of, outcome), 1),
        ((kinds.seconds, *of, str(bisect_left(BOUNDS, seconds))), 1),
        ((kinds.sum, *of), seconds),
    ]


def _of_day(metric: str, outcome: str, seconds: float) -> list[tuple[Name, float]]:
    """The same for the figures of days, of all routes and types together."""
    day = clock.now().date().isoformat()
    slow: list[tuple[Name, float]] = [((DAY, day, f"{metric}_slow", ""), 1)] if seconds > SLOW else []
    return [((DAY, day, metric, outcome), 1), *slow]


def of_days(since: date) -> list[dict[str, Any]]:
    """What was counted of each day from one on; what is older is forgotten."""
    counted = {name: amount for name, amount in tally.read().items() if name[0] == DAY}
    tally.forget([name for name in counted if name[1] < since.isoformat()])
    return [
        {"day": day, "metric": metric, "bucket": bucket, "number": round(amount)}
        for (_, day, metric, bucket), amount in counted.items()
        if day >= since.isoformat()
    ]


def route_of(request: HttpRequest) -> str:
    """The pattern of the path, never the path: that holds ids. All of the admin is one, and so is what no route has."""
    match = request.resolver_match
    if match is None:
        return "none"
    return "admin" if match.route.startswith("admin/") else match.route


def figures() -> Iterator[Metric]:
    """Of all processes."""
    counted = tally.read()
    yield from _filled(
        OF_REQUESTS,
        counted,
        CounterMetricFamily("api_requests", "Requests, by how they ended.", labels=["method", "route", "status"]),
        HistogramMetricFamily("api_request_seconds", "How long requests took.", labels=["method", "route"]),
    )
    yield from _filled(
        OF_FRAMES,
        counted,
        CounterMetricFamily("socket_frames", "Frames, by how they were answered.", labels=["type", "outcome"]),
        HistogramMetricFamily("socket_frame_seconds", "How long answers to frames took.", labels=["type"]),
    )


def _filled(
    kinds: Kinds, counted: dict[Name, float], endings: CounterMetricFamily, times: HistogramMetricFamily
) -> Iterator[Metric]:
    buckets: dict[Name, list[float]] = defaultdict(lambda: [0.0] * (len(BOUNDS) + 1))
    for (kind, *labels), amount in counted.items():
        if kind == kinds.ended:
            endings.add_metric(labels, amount)
        elif kind == kinds.seconds:
            buckets[tuple(labels[:-1])][int(labels[-1])] += amount
    names = [*map(str, BOUNDS), "+Inf"]
    for of, amounts in buckets.items():
        so_far = [sum(amounts[: i + 1]) for i in range(len(names))]
        times.add_metric(list(of), list(zip(names, so_far, strict=True)), counted.get((kinds.sum, *of), 0.0))
    yield endings
    yield times
