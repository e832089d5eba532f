"""Faces that were uploaded."""

from django.contrib import admin

from config.admin import ModelAdmin
from faces.models import Face


@admin.register(Face)
class FaceAdmin(ModelAdmin):
    list_display = ("created_at", "user", "status", "verdict", "quality_score", "analyzer", "is_default")
    list_filter = ("status", "verdict", "judged_by")
    list_select_related = ("user",)
    hidden = ("file_key", "embedding")
    parties = ("user",)
