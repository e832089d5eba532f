"""Runs of the engine over time, as operators see them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from config import clock
from config.admin import ModelAdmin, reported
from config.plots import Series, lines
from matching.enums import RunStatus
from matching.models import MatchingRun, MatchingShard
from matching.services import runs

DRAWN = 60
"""Finished runs that the plots show."""


@admin.register(MatchingRun)
class MatchingRunAdmin(ModelAdmin):
    list_display = (
        "due_at",
        "status",
        "pool_size",
        "proposals",
        "left_without",
        "alone",
        "exposure_gini",
        "finished_at",
    )
    list_filter = ("status",)
    list_before_template = "matching/runs_over_time.html"
    hidden = ("members", "starts")
    actions = ("request_run",)

    def has_request_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("matching.add_matchingrun")

    @admin.action(description="Request a run now", permissions=["request"])
    def request_run(self, request: HttpRequest, queryset: QuerySet[MatchingRun]) -> None:
        with reported(self, request, "A run"):
            runs.request(now=clock.now())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "plots": _plots()})


@admin.register(MatchingShard)
class MatchingShardAdmin(ModelAdmin):
    list_display = ("created_at", "run", "number", "attempts", "leased_until", "finished_at")
    list_select_related = ("run",)
    hidden = ("meetings", "shortlists")


def _plots() -> list[tuple[str, SafeString]]:
    """Of the last finished runs, the oldest first; none where there are fewer than two."""
    finished = MatchingRun.objects.filter(status=RunStatus.FINISHED, finished_at__isnull=False).defer(
        "members", "starts"
    )
    found = list(finished.order_by("-finished_at")[:DRAWN])[::-1]
    if len(found) < 2:
        return []
    moments = [f"{run.finished_at:%d %b %H:%M}" for run in (found[0], found[-1])]
    return [
        _plot("People", moments, "d", pool=_of(found, "pool_size"), without=_of(found, "left_without")),
        _plot("Inequality of exposure (Gini)", moments, ".2f", Gini=_of(found, "exposure_gini")),
        _plot("Seconds", moments, ".1f", all_stages=[sum(run.seconds.values()) for run in found]),
    ]


def _plot(title: str, moments: Sequence[str], form: str, **series: Sequence[float]) -> tuple[str, SafeString]:
    named = [Series(name.replace("_", " "), values) for name, values in series.items()]
    return title, lines(title, f"{title} of runs from {moments[0]} to {moments[1]}", moments, named, form)


def _of(found: Sequence[MatchingRun], name: str) -> list[float]:
    return [getattr(run, name) or 0 for run in found]
