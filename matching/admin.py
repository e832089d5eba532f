"""Who meets whom, as operators see it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.admin import ModelAdmin, reported
from matching.models import Chart, Connection, ConnectionEvent, Match, MatchFeedback, MatchingRun
from matching.services import runs


@admin.register(Chart)
class ChartAdmin(ModelAdmin):
    list_display = ("user", "engine_version", "computed_at", "due_at")
    list_select_related = ("user",)
    hidden = ("astrology", "human_design", "astro_features", "hd_features")


@admin.register(Match)
class MatchAdmin(ModelAdmin):
    list_display = ("created_at", "user_a", "user_b", "pathway", "status", "total_score", "expires_at")
    list_filter = ("status", "pathway")
    list_select_related = ("user_a", "user_b")
    hidden = ("score_breakdown",)
    parties = ("user_a", "user_b")


@admin.register(MatchFeedback)
class MatchFeedbackAdmin(ModelAdmin):
    list_display = ("created_at", "match", "rating", "engine_version")
    list_select_related = ("match",)
    hidden = ("notes", "vector_delta")
    parties = ("match__user_a", "match__user_b")


@admin.register(MatchingRun)
class MatchingRunAdmin(ModelAdmin):
    list_display = (
        "due_at",
        "status",
        "pool_size",
        "proposals",
        "left_without",
        "exposure_gini",
        "finished_at",
    )
    list_filter = ("status",)
    actions = ("request_run",)

    def has_request_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("matching.add_matchingrun")

    @admin.action(description="Request a run now", permissions=["request"])
    def request_run(self, request: HttpRequest, queryset: QuerySet[MatchingRun]) -> None:
        with reported(self, request, "A run"):
            runs.request(now=timezone.now())


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    list_display = ("created_at", "user_low", "user_high", "origin", "status", "ended_at")
    list_filter = ("status", "origin")
    list_select_related = ("user_low", "user_high")
    parties = ("user_low", "user_high")


@admin.register(ConnectionEvent)
class ConnectionEventAdmin(ModelAdmin):
    list_display = ("created_at", "connection", "event_type")
    list_filter = ("event_type",)
    list_select_related = ("connection",)
    parties = ("connection__user_low", "connection__user_high")
