"""Streaks, as staff see them."""

from django.contrib import admin

from config.admin import ModelAdmin
from streaks.models import CheckIn, Nudge, Outage, Streak


@admin.register(Streak)
class StreakAdmin(ModelAdmin):
    list_display = ("created_at", "status", "current_day", "cycle", "day", "timezone", "due_at", "breaker")
    list_filter = ("status",)
    list_select_related = ("breaker",)
    parties = ("user_low", "user_high")


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


@admin.register(Outage)
class OutageAdmin(ModelAdmin):
    list_display = ("starts_at", "ends_at", "note", "due_at")
