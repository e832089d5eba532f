"""Conversations, as staff see them: that and when something was said, never what."""

from django.contrib import admin

from chat.models import Conversation, ConversationEvent, Message, Reveal
from config.admin import ModelAdmin


@admin.register(Conversation)
class ConversationAdmin(ModelAdmin):
    list_display = (
        "created_at",
        "pseudonym_a",
        "pseudonym_b",
        "kind",
        "state",
        "reveal_state",
        "last_activity_at",
    )
    list_filter = ("state", "reveal_state", "kind", "close_reason")
    hidden = ("data_key",)


@admin.register(ConversationEvent)
class ConversationEventAdmin(ModelAdmin):
    list_display = ("created_at", "conversation", "seq", "type", "side")
    list_filter = ("type",)
    list_select_related = ("conversation",)


@admin.register(Message)
class MessageAdmin(ModelAdmin):
    list_display = ("sent_at", "conversation", "seq", "type", "moderation_label", "read_at", "retracted_at")
    list_filter = ("type", "contains_sensitive")
    list_select_related = ("conversation",)
    hidden = ("content_ciphertext",)


@admin.register(Reveal)
class RevealAdmin(ModelAdmin):
    list_display = ("created_at", "requested_by", "requested_to", "status", "expires_at", "resolved_at")
    list_filter = ("status",)
    list_select_related = ("requested_by", "requested_to")
