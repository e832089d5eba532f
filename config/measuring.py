"""How long requests take and how they end, by route and method: as many series as there are routes, and no more."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from config import tally
from config.tally import Name

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUESTS, SECONDS, SUM = "requests", "seconds", "sum"
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


def _counted(request: HttpRequest, status: int, seconds: float) -> list[tuple[Name, float]]:
    of = (request.method if request.method in METHODS else "other", route_of(request))
    return [
        ((REQUESTS, *of, f"{status // 100}xx"), 1),
        ((SECONDS, *of, str(bisect_left(BOUNDS, seconds))), 1),
        ((SUM, *of), seconds),
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
    requests = CounterMetricFamily("api_requests", "Requests, by how they ended.", labels=["method", "route", "status"])
    buckets: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * (len(BOUNDS) + 1))
    for (kind, method, route, *rest), amount in counted.items():
        if kind == REQUESTS:
            requests.add_metric([method, route, *rest], amount)
        elif kind == SECONDS:
            buckets[method, route][int(rest[0])] += amount
    yield requests
    yield _histogram(buckets, counted)


def _histogram(buckets: dict[tuple[str, str], list[float]], counted: dict[Name, float]) -> Metric:
    family = HistogramMetricFamily("api_request_seconds", "How long requests took.", labels=["method", "route"])
    names = [*map(str, BOUNDS), "+Inf"]
    for of, amounts in buckets.items():
        so_far = [sum(amounts[: i + 1]) for i in range(len(names))]
        family.add_metric(list(of), list(zip(names, so_far, strict=True)), counted.get((SUM, *of), 0.0))
    return family
