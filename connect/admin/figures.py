"""The figures behind the dashboard, as admins see them, and the way to it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from config.admin import ModelAdmin
from connect.admin import dashboard
from connect.models import DailyFigure


@admin.register(DailyFigure)
class DailyFigureAdmin(ModelAdmin):
    list_display = ("day", "metric", "bucket", "pathway", "engine_version", "number", "total")
    list_filter = ("metric", "pathway")
    search_fields = ("id", "metric")
    search_help_text = "A whole id, or a metric"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.dashboard)
        return [path("dashboard/", view, name="connect_dailyfigure_dashboard"), *super().get_urls()]

    def dashboard(self, request: HttpRequest) -> HttpResponse:
        site: Any = self.admin_site
        return dashboard.page(request, site)
