"""The plain tables of protection, as staff see them."""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from safety.models import AuditLog, Block, BlockedIdentity, IdempotencyKey, ModerationAction, StandingIdentity
from safety.services import actions

A_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@admin.register(AuditLog)
class AuditLogAdmin(ModelAdmin):
    list_display = ("created_at", "action", "entity", "entity_id", "actor_id")
    list_filter = ("action",)
    subject_ids = ("entity_id",)
    more_ids = ("actor_id",)
    linked = ("entity", "entity_id", "actor_id")


@admin.register(Block)
class BlockAdmin(ModelAdmin):
    list_display = ("created_at", "blocker_id", "blocked_id", "source", "carried_from")
    list_filter = ("source",)
    parties = ("blocker", "blocked")


@admin.register(BlockedIdentity)
class BlockedIdentityAdmin(ModelAdmin):
    list_display = ("created_at", "block")
    list_select_related = ("block",)
    hidden = ("digest",)
    parties = ("block__blocker", "block__blocked")


@admin.register(StandingIdentity)
class StandingIdentityAdmin(ModelAdmin):
    list_display = ("created_at", "user_id", "left_at")
    hidden = ("digest",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ModelAdmin):
    """Which calls people repeat; not on what, which for a conversation of two would tell the one who the other is."""

    list_display = ("created_at", "user", "call", "response_code", "expires_at")
    list_select_related = ("user",)
    hidden = ("request_hash", "response_body", "key")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_exclude(request, obj), "scope")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "call")

    @display(description="Call")
    def call(self, claimed: IdempotencyKey) -> str:
        return A_UUID.sub("…", claimed.scope)


@admin.register(ModerationAction)
class ModerationActionAdmin(ModelAdmin):
    """What was done about whom. One is taken on the page of a case, and taken back here."""

    list_display = ("created_at", "kind", "reason_code", "against_id", "by_id", "expires_at", "revoked_at")
    list_filter = ("kind", "reason_code", ("revoked_at", admin.EmptyFieldListFilter))
    parties = ("against", "report__reporter")
    actions = ("revoke",)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.change_moderationaction")

    @admin.action(description="Take back", permissions=["moderate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ModerationAction]) -> None:
        for action in queryset:
            with reported(self, request, action):
                actions.revoke(action=action.id, by=staff_id(request), reason="by hand", now=clock.now())
