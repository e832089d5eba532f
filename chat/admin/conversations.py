"""Conversations, as staff see them: that and when something was said, and what only where it is held for them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.models import (
    Conversation,
    ConversationEvent,
    DecisionGate,
    GateWindow,
    HeldMessage,
    Message,
    MessagePicture,
    Reveal,
)
from chat.services import holds
from config import clock
from config.admin import ModelAdmin, reported, staff_id


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
    parties = ("user_a", "user_b")


@admin.register(ConversationEvent)
class ConversationEventAdmin(ModelAdmin):
    list_display = ("created_at", "conversation", "seq", "type", "side")
    list_filter = ("type",)
    list_select_related = ("conversation",)
    parties = ("conversation__user_a", "conversation__user_b")


@admin.register(Message)
class MessageAdmin(ModelAdmin):
    list_display = ("sent_at", "conversation", "seq", "type", "moderation_label", "read_at", "retracted_at")
    list_filter = ("type", "contains_sensitive")
    list_select_related = ("conversation",)
    hidden = ("content_ciphertext",)
    parties = ("conversation__user_a", "conversation__user_b")


@admin.register(MessagePicture)
class MessagePictureAdmin(ModelAdmin):
    """That a picture was sent; what it shows, only a report shows."""

    list_display = ("created_at", "message", "width", "height", "size")
    list_select_related = ("message",)
    hidden = ("file", "file_key", "digest")
    parties = ("message__conversation__user_a", "message__conversation__user_b")


@admin.register(HeldMessage)
class HeldMessageAdmin(ModelAdmin):
    """The queue of messages that wait. What one says is shown only on request, which goes on record."""

    list_display = ("created_at", "label", "risk", "status", "conversation", "decided_by", "decided_at")
    list_filter = ("status", "label")
    list_select_related = ("message__conversation", "decided_by")
    parties = ("message__conversation__user_a", "message__conversation__user_b")
    actions = ("read", "release", "reject")
    change_form_outer_before_template = "chat/held_page.html"

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_heldmessage")

    @display(description="Conversation")
    def conversation(self, held: HeldMessage) -> Conversation:
        return held.message.conversation

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        kwargs["extra_context"] = {"may_decide": self.has_moderate_permission(request)}
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.action(description="Read (goes on record)", permissions=["moderate"])
    def read(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> HttpResponse:
        texts = []
        for held in queryset:
            with reported(self, request, held):
                texts.append((held, holds.read(hold=held.id, by=staff_id(request))))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Held messages",
            "texts": texts,
            "may_decide": True,
        }
        return TemplateResponse(request, "chat/held_texts.html", context)

    @admin.action(description="Release", permissions=["moderate"])
    def release(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> None:
        for held in queryset:
            with reported(self, request, held):
                holds.release(hold=held.id, by=staff_id(request), now=clock.now())

    @admin.action(description="Reject", permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> None:
        for held in queryset:
            with reported(self, request, held):
                holds.reject(hold=held.id, by=staff_id(request), now=clock.now())


@admin.register(GateWindow)
class GateWindowAdmin(ModelAdmin):
    list_display = ("opens_at", "conversation", "gate_minute", "status", "outcome", "resolved_at")
    list_filter = ("status", "outcome", "gate_minute")
    list_select_related = ("conversation",)
    parties = ("conversation__user_a", "conversation__user_b")


@admin.register(DecisionGate)
class DecisionGateAdmin(ModelAdmin):
    list_display = ("decided_at", "conversation", "gate_minute", "user", "decision")
    list_filter = ("decision", "gate_minute")
    list_select_related = ("conversation", "user")
    parties = ("conversation__user_a", "conversation__user_b")


@admin.register(Reveal)
class RevealAdmin(ModelAdmin):
    list_display = ("created_at", "requested_by", "requested_to", "status", "expires_at", "resolved_at")
    list_filter = ("status",)
    list_select_related = ("requested_by", "requested_to")
    parties = ("requested_by", "requested_to")
