"""The famous, and the weights."""

from django.contrib import admin

from config.admin import ModelAdmin
from faces.models import Celebrity, FaceParameters


@admin.register(Celebrity)
class CelebrityAdmin(ModelAdmin):
    list_display = ("name", "category", "gender", "quality_score", "analyzer", "created_at")
    list_filter = ("category", "gender")
    search_fields = ("name",)
    hidden = ("file_key", "embedding")


@admin.register(FaceParameters)
class FaceParametersAdmin(ModelAdmin):
    list_display = ("number", "status", "note", "published_at")
    list_filter = ("status",)
