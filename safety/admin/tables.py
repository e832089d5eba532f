"""The plain tables of protection, as staff see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.admin import ModelAdmin, reported, staff_id
from safety.models import AuditLog, Block, BlockedIdentity, IdempotencyKey, ModerationAction, StandingIdentity
from safety.services import actions


@admin.register(AuditLog)
class AuditLogAdmin(ModelAdmin):
    list_display = ("created_at", "action", "entity", "entity_id", "actor_id")
    list_filter = ("action",)
    more_ids = ("entity_id", "actor_id")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {"entity", "entity_id", "actor_id"} or super().lookup_allowed(lookup, value, request)


@admin.register(Block)
class BlockAdmin(ModelAdmin):
    list_display = ("created_at", "blocker_id", "blocked_id", "source", "carried_from")
    list_filter = ("source",)


@admin.register(BlockedIdentity)
class BlockedIdentityAdmin(ModelAdmin):
    list_display = ("created_at", "block")
    list_select_related = ("block",)
    hidden = ("digest",)


@admin.register(StandingIdentity)
class StandingIdentityAdmin(ModelAdmin):
    list_display = ("created_at", "user_id", "left_at")
    hidden = ("digest",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ModelAdmin):
    list_display = ("created_at", "user", "scope", "response_code", "expires_at")
    list_select_related = ("user",)
    hidden = ("request_hash", "response_body", "key")


@admin.register(ModerationAction)
class ModerationActionAdmin(ModelAdmin):
    """What was done about whom. One is taken on the page of a case, and taken back here."""

    list_display = ("created_at", "kind", "reason_code", "against_id", "by_id", "expires_at", "revoked_at")
    list_filter = ("kind", "reason_code", ("revoked_at", admin.EmptyFieldListFilter))
    actions = ("revoke",)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.change_moderationaction")

    @admin.action(description="Take back", permissions=["moderate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ModerationAction]) -> None:
        for action in queryset:
            with reported(self, request, action):
                actions.revoke(action=action.id, by=staff_id(request), reason="by hand", now=timezone.now())
