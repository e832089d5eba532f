"""What everybody watches, drawn: the figures of days by a range of days, an engine version and a pathway.

Whatever counts people, or pairs of them, below SMALL_NUMBER is shown as that and no more; a share, a mean or a day's
value that rests on so few is left out, and so is what would tell them: the shares beside, a second part, their sum.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from config import clock, figures, lag, plots
from config.admin import Site
from config.figures import Bars, Line, Lines, Means, Panel, Term
from connect.models import DailyFigure
from safety.roles import as_service

RIGHT = "connect.watch_dailyfigure"
USUAL, MOST = timedelta(days=27), timedelta(days=366)
FEW = f"<{settings.SMALL_NUMBER}"
HIDDEN = "not shown"


class Filters(forms.Form):
    """Which figures are shown; an empty choice is all of them."""

    first = forms.DateField(label="From", widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}))
    last = forms.DateField(label="To", widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}))
    engine_version = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())
    pathway = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("engine_version", "pathway"):
            known = DailyFigure.objects.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
            field: Any = self.fields[name]
            field.choices = [("", "all"), *((value, value) for value in known)]

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not timedelta() <= last - first <= MOST:
            raise forms.ValidationError(f"From one day to the same or a later one, at most {MOST.days} days on.")
        return self.cleaned_data


Counted = dict[str, dict[str, dict[date, tuple[float, float]]]]
"""Number and total by metric, bucket and day."""


@dataclass(frozen=True)
class Figures:
    """What was counted on the days of a range."""

    days: list[date]
    counted: Counted

    def by_day(self, term: Term) -> dict[date, float]:
        buckets = self.counted.get(term.metric, {})
        chosen = buckets.values() if term.bucket is None else [buckets.get(term.bucket, {})]
        found: dict[date, float] = defaultdict(float)
        for days in chosen:
            for day, (number, total) in days.items():
                found[day] += total if term.summed else number
        return found

    def sum(self, term: Term) -> float:
        return sum(self.by_day(term).values())


def page(request: HttpRequest, site: Site) -> HttpResponse:
    """The dashboard, for whoever has the right to it."""
    user: Any = request.user
    if not user.has_perm(RIGHT):
        raise PermissionDenied
    today = clock.now().date()
    given = Filters({"first": today - USUAL, "last": today, **request.GET.dict()})
    shown = _drawn(given) if given.is_valid() else []
    made = DailyFigure.objects.aggregate(day=Max("day"))["day"]
    backlog = _backlog(clock.now())
    context = {"title": "Dashboard", "filters": given, "panels": shown, "latest": made, "few": FEW, "backlog": backlog}
    return TemplateResponse(request, "connect/dashboard.html", site.each_context(request) | context)


def _backlog(now: datetime) -> SafeString | None:
    """Jobs with rows that are due at this moment, those that are most behind first; None when there are none."""
    with transaction.atomic(), as_service():
        found = [(kind.name, *kind.behind(now)) for kind in lag.kinds()]
    late = sorted((row for row in found if row[2]), key=lambda row: row[1], reverse=True)
    rows = [
        (name.replace("_", " "), seconds, f"{FEW if is_few(count) else count} rows · {seconds / 60:,.0f} min")
        for name, seconds, count in late
    ]
    return plots.parts("Job backlog", "Since when the oldest row of each job is due", rows) if rows else None


def _drawn(given: Filters) -> list[tuple[Panel, SafeString | None]]:
    found = _found(**given.cleaned_data)
    return [(panel, DRAW[type(panel)](panel, found)) for panel in figures.panels()]


def _found(*, first: date, last: date, engine_version: str, pathway: str) -> Figures:
    rows = DailyFigure.objects.filter(day__range=(first, last))
    # What has no version or no pathway is shown with each.
    if engine_version:
        rows = rows.filter(Q(engine_version=engine_version) | Q(engine_version=""))
    if pathway:
        rows = rows.filter(Q(pathway=pathway) | Q(pathway=""))
    counted: Counted = defaultdict(lambda: defaultdict(dict))
    for metric, bucket, day, *sums in rows.values_list("metric", "bucket", "day").annotate(Sum("number"), Sum("total")):
        counted[metric][bucket][day] = (sums[0], sums[1])
    return Figures([first + timedelta(days=i) for i in range((last - first).days + 1)], counted)


def is_few(value: float) -> bool:
    return 0 < value < settings.SMALL_NUMBER


def _bars(panel: Bars, found: Figures) -> SafeString | None:
    counts = [found.sum(term) for _, term in panel.parts]
    whole = found.sum(panel.whole) if panel.whole else sum(counts)
    if not whole:
        return None
    hidden = _hidden(panel, counts)
    # A share beside a number that is shown would tell the whole, and the whole what is hidden.
    shares = not hidden and not is_few(whole)
    rows = []
    for place, ((label, _), count) in enumerate(zip(panel.parts, counts, strict=True)):
        if place in hidden:
            rows.append((label, float(settings.SMALL_NUMBER), FEW if is_few(count) else HIDDEN))
        else:
            rows.append((label, count, f"{count:,.0f} · {count / whole:.0%}" if shares else f"{count:,.0f}"))
    return plots.parts(panel.title, panel.meaning, rows)


def _hidden(panel: Bars, counts: list[float]) -> set[int]:
    """The places of the parts that are not shown: the few, and what would tell them by subtraction.

    That is, where the parts add up, a second part beside a lone one.
    """
    hidden = {place for place, count in enumerate(counts) if is_few(count)}
    others = [place for place, count in enumerate(counts) if count and place not in hidden]
    if len(hidden) == 1 and others and panel.whole is None:
        hidden.add(min(others, key=counts.__getitem__))
    return hidden


def _lines(panel: Lines, found: Figures) -> SafeString | None:
    drawn = [plots.Series(line.name, _values(line, found)) for line in panel.lines]
    # A share of nothing is a figure, a day on which nothing was counted is none.
    if not any(
        value or (line.per and value is not None)
        for line, series in zip(panel.lines, drawn, strict=True)
        for value in series.values
    ):
        return None
    ends = [f"{day:%d %b}" for day in (found.days[0], found.days[-1])]
    return plots.lines(panel.title, panel.meaning, ends, drawn, panel.form)


def _values(line: Line, found: Figures) -> list[float | None]:
    of = found.by_day(line.of)
    per = found.by_day(line.per) if line.per else None
    return [_value(line, of.get(day, 0.0), per.get(day, 0.0) if per is not None else None) for day in found.days]


def _value(line: Line, of: float, per: float | None) -> float | None:
    """None for a day that has too few to be shown, or nothing to divide by."""
    if per == 0 or (line.about_people and (is_few(of) or (per is not None and is_few(per)))):
        return None
    return line.scale * (of if per is None else of / per)


def _means(panel: Means, found: Figures) -> SafeString | None:
    drawn = [plots.Series(name, [_mean(found, metric, b) for b in panel.buckets]) for name, metric in panel.pair]
    if not any(value for series in drawn for value in series.values):
        return None
    return plots.bars(panel.title, panel.meaning, panel.buckets, (drawn[0], drawn[1]), panel.form)


def _mean(found: Figures, metric: str, bucket: str) -> float | None:
    number = found.sum(Term(metric, bucket))
    return found.sum(Term(metric, bucket, summed=True)) / number if number >= settings.SMALL_NUMBER else None


DRAW: dict[type[Any], Callable[[Any, Figures], SafeString | None]] = {Bars: _bars, Lines: _lines, Means: _means}
