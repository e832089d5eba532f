"""The figures behind the dashboard, as admins see them."""

from django.contrib import admin

from config.admin import ModelAdmin
from connect.models import DailyFigure


@admin.register(DailyFigure)
class DailyFigureAdmin(ModelAdmin):
    list_display = ("day", "metric", "bucket", "pathway", "engine_version", "number", "total")
    list_filter = ("metric", "pathway")
    search_fields = ("id", "metric")
    search_help_text = "A whole id"
