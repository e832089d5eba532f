"""What follows uploads."""

from django.contrib import admin

from config.admin import ModelAdmin
from faces.models import MatchJob


@admin.register(MatchJob)
class MatchJobAdmin(ModelAdmin):
    list_display = ("created_at", "user", "job_type", "status", "stage", "attempts", "due_at", "error_message")
    list_filter = ("status", "job_type")
    list_select_related = ("user",)
    parties = ("user",)
