"""Rituals, as staff see them: that there are some, and never what somebody wrote for themselves."""

from django.contrib import admin

from config.admin import ModelAdmin
from streaks.models import DailyPromptAnswer, WeeklyIntent, XpEntry


@admin.register(DailyPromptAnswer)
class DailyPromptAnswerAdmin(ModelAdmin):
    list_display = ("answered_at", "user", "prompt", "local_date")
    list_select_related = ("user", "prompt")
    hidden = ("answer",)
    parties = ("user",)


@admin.register(WeeklyIntent)
class WeeklyIntentAdmin(ModelAdmin):
    list_display = ("updated_at", "user", "week_start_date")
    list_select_related = ("user",)
    hidden = ("intent",)
    parties = ("user",)


@admin.register(XpEntry)
class XpEntryAdmin(ModelAdmin):
    list_display = ("awarded_at", "user", "xp_delta", "source_type")
    list_filter = ("source_type",)
    list_select_related = ("user",)
    parties = ("user",)
