"""Streaks, as staff see them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config import clock
from config.admin import ModelAdmin
from streaks import stuck, timeline
from streaks.models import CheckIn, Nudge, Streak

STUCK_SHOWN = 50


@admin.register(Streak)
class StreakAdmin(ModelAdmin):
    list_display = ("created_at", "status", "current_day", "cycle", "day", "timezone", "due_at", "breaker")
    list_filter = ("status",)
    list_select_related = ("breaker",)
    list_before_template = "streaks/stuck_link.html"
    parties = ("user_low", "user_high")
    readonly_fields = ("id", "created_at", "timeline")
    # The timeline tells of every state and of who missed what; it stands where somebody looks first.
    fieldsets = (
        (None, {"fields": ("connection", "user_low", "user_high", "timezone", "status", "current_day", "timeline")}),
        (
            "As it is stored",
            {
                "fields": (
                    *("id", "created_at", "cycle", "started_on", "day", "low_on", "high_on", "breaker", "broken_on"),
                    *("broken_count", "closed_on", "earlier", "due_at", "notice_due_at", "completed_at", "ended_at"),
                )
            },
        ),
    )

    @display(description="Timeline, by its clock")
    def timeline(self, streak: Streak) -> SafeString:
        lines = ((f"{entry.at:%Y-%m-%d %H:%M:%S %Z}", entry.who, entry.what) for entry in timeline.of(streak))
        row = '<li><time class="font-mono">{}</time> <b>{}</b>: {}</li>'
        return format_html("<ol>{}</ol>", format_html_join("", row, lines))

    def get_urls(self) -> list[URLPattern]:
        found = path("stuck/", self.admin_site.admin_view(self.stuck), name="streaks_streak_stuck")
        return [found, *super().get_urls()]

    def stuck(self, request: HttpRequest) -> HttpResponse:
        """Everything that hangs and that this member of staff may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = {"opts": self.opts, "title": "What is stuck", "found": list(self._found(request))}
        return TemplateResponse(request, "streaks/stuck.html", {**self.admin_site.each_context(request), **shown})

    def _found(self, request: HttpRequest) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
        for title, model, rows in stuck.symptoms(clock.now()):
            pages = self.admin_site.get_model_admin(model)
            if pages.has_view_permission(request):
                name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
                found = pages.get_queryset(request).filter(rows).order_by("id")[:STUCK_SHOWN]
                yield title, [(reverse(name, args=[row.pk]), row) for row in found]


@admin.register(CheckIn)
class CheckInAdmin(ModelAdmin):
    list_display = ("checked_in_at", "streak", "user", "local_date", "cycle", "effort_signal")
    list_filter = ("effort_signal",)
    list_select_related = ("streak", "user")
    parties = ("streak__user_low", "streak__user_high")


@admin.register(Nudge)
class NudgeAdmin(ModelAdmin):
    list_display = ("sent_at", "streak", "sender", "receiver", "local_date", "number")
    list_select_related = ("streak", "sender", "receiver")
    parties = ("sender", "receiver")
