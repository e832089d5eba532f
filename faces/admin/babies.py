"""Pictures of babies, as jobs: staff do not look at them. And what they cost."""

from django.contrib import admin

from config.admin import ModelAdmin
from faces.models import Baby, PaintingDay


@admin.register(Baby)
class BabyAdmin(ModelAdmin):
    list_display = ("created_at", "generated_by", "status", "painter", "attempts", "cost", "error_message")
    list_filter = ("status", "painter")
    list_select_related = ("generated_by",)
    hidden = ("file_key",)
    parties = ("match__user_a", "match__user_b")


@admin.register(PaintingDay)
class PaintingDayAdmin(ModelAdmin):
    list_display = ("day", "asked", "painted", "failed", "seconds", "spent")
