"""How far the jobs are behind: of each kind how old the oldest row is that is due, for `/metrics`.

An app registers its kinds in `apps.ready()`. Each is one query by the index that its sweeper uses too, over no more
than COUNTED rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min, Model, Q
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from config import clock

COUNTED = 1_000


@dataclass(frozen=True)
class Kind:
    """Rows that are a job: of `model`, due at `column`, where `waiting` holds."""

    name: str
    model: type[Model]
    column: str = "due_at"
    waiting: Q = field(default_factory=Q)

    def behind(self, now: datetime) -> tuple[float, int]:
        """Seconds since the oldest row that is due was, and how many are (COUNTED at most)."""
        due = self.model._default_manager.filter(self.waiting, **{f"{self.column}__lte": now})
        some = due.order_by(self.column).values(self.column)[:COUNTED]
        found = some.aggregate(oldest=Min(self.column), count=Count("*"))
        return (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0, found["count"]


@dataclass(frozen=True)
class Reckoned:
    """Work whose moment stands in no column: `behind` reckons, in one query, what it does of a Kind."""

    name: str
    behind: Callable[[datetime], tuple[float, int]]


_kinds: list[Kind | Reckoned] = []


def register(*kinds: Kind | Reckoned) -> None:
    """Called from `apps.ready()`."""
    _kinds.extend(kinds)


def kinds() -> tuple[Kind | Reckoned, ...]:
    return tuple(_kinds)


def figures() -> Iterator[Metric]:
    """Of every kind. Needs the service role."""
    lag = GaugeMetricFamily("job_lag_seconds", "Since when the oldest row is due, by kind of job.", labels=["job"])
    waiting = GaugeMetricFamily("job_due", f"Rows that are due, at most {COUNTED}, by kind of job.", labels=["job"])
    now = clock.now()
    for kind in _kinds:
        seconds, count = kind.behind(now)
        lag.add_metric([kind.name], seconds)
        waiting.add_metric([kind.name], count)
    yield lag
    yield waiting
