"""Figures of days: each app counts by SQL of its own, and says how the dashboard draws what it counted.

An app registers its sources in `apps.ready()`; `connect.services.figures` runs them into `connect.DailyFigure`, and
`connect.admin.dashboard` draws the panels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

LAST = 100
"""The place of a panel that says none."""


@dataclass(frozen=True)
class Term:
    """What is added up: the `number` of a metric, or with `summed` its `total`; of one bucket, or of all."""

    metric: str
    bucket: str | None = None
    summed: bool = False


@dataclass(frozen=True)
class Bars:
    """Parts as bars, each with its number and its share: of `whole`, or where there is none of all parts together.

    Each part is one bucket: a sum over buckets would tell those of them that are too few to be shown.
    """

    title: str
    meaning: str
    parts: Sequence[tuple[str, Term]]
    whole: Term | None = None
    place: int = LAST


@dataclass(frozen=True)
class Line:
    """A term day by day, `per` another times `scale`. Whatever is not `about_people` is shown however small."""

    name: str
    of: Term
    per: Term | None = None
    scale: float = 1
    about_people: bool = True


@dataclass(frozen=True)
class Lines:
    """One line or two over the days; `form` writes a value, as in format()."""

    title: str
    meaning: str
    lines: Sequence[Line]
    form: str = ".0f"
    place: int = LAST


@dataclass(frozen=True)
class Means:
    """The mean (total by number) of two metrics side by side, for each of these buckets."""

    title: str
    meaning: str
    buckets: Sequence[str]
    pair: tuple[tuple[str, str], tuple[str, str]]
    form: str = ".1f"
    place: int = LAST


Panel = Bars | Lines | Means


@dataclass(frozen=True)
class Source:
    """SQL that gives rows of (metric, day, bucket, pathway, engine_version, number, total), each metric in one source.

    It counts what is of the days from %(since)s on, midnight UTC; `%(since_id)s` is the least id a record of that
    moment can have. The last `days` are counted anew each time (None: FIGURES_MADE_ANEW), and so what comes late comes
    in. `given` is what stands in no table: from the first of these days on, as %(given)s.
    """

    metrics: tuple[str, ...]
    sql: str
    panels: Sequence[Panel] = ()
    days: int | None = None
    given: Callable[[date], Any] | None = None


_sources: list[Source] = []


def register(*sources: Source) -> None:
    """Called from `apps.ready()`."""
    _sources.extend(sources)


def sources() -> tuple[Source, ...]:
    return tuple(_sources)


def panels() -> list[Panel]:
    """By their `place`, in the order in which people go through the product."""
    return sorted((panel for source in _sources for panel in source.panels), key=lambda panel: panel.place)


def read(app: str, name: str) -> str:
    """The SQL in a file of an app's `sql` folder."""
    return (Path(__file__).parent.parent / app / "sql" / name).read_text()
