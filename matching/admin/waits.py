"""Who waits for a live conversation, as operators see it."""

from django.contrib import admin

from config.admin import ModelAdmin
from matching.models import QueueEntry


@admin.register(QueueEntry)
class QueueEntryAdmin(ModelAdmin):
    list_display = ("enqueued_at", "user", "status", "queue_reason", "region_key", "waiting_since", "dequeued_at")
    list_filter = ("status", "queue_reason")
    list_select_related = ("user",)
    hidden = ("match",)
    parties = ("user",)
