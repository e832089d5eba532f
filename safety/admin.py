"""Protection, as moderators see it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from config.admin import ModelAdmin, reported, staff_id
from safety.models import AuditLog, Block, BlockedIdentity, IdempotencyKey, Report
from safety.services import cases, reports


@admin.register(AuditLog)
class AuditLogAdmin(ModelAdmin):
    list_display = ("created_at", "action", "entity", "entity_id", "actor_id")
    list_filter = ("action",)
    more_ids = ("entity_id", "actor_id")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {"entity", "entity_id", "actor_id"} or super().lookup_allowed(lookup, value, request)


@admin.register(Block)
class BlockAdmin(ModelAdmin):
    list_display = ("created_at", "blocker", "blocked", "source", "carried_from")
    list_filter = ("source",)
    list_select_related = ("blocker", "blocked")


@admin.register(BlockedIdentity)
class BlockedIdentityAdmin(ModelAdmin):
    list_display = ("created_at", "block")
    list_select_related = ("block",)
    hidden = ("digest",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ModelAdmin):
    list_display = ("created_at", "user", "scope", "response_code", "expires_at")
    list_select_related = ("user",)
    hidden = ("request_hash", "response_body", "key")


@admin.register(Report)
class ReportAdmin(ModelAdmin):
    list_display = ("created_at", "reason_code", "severity", "status", "reporter", "reported")
    list_filter = ("status", "severity", "reason_code")
    list_select_related = ("reporter", "reported")
    more_ids = ("subject_id",)
    readonly_fields = ("id", "created_at", "frozen_evidence")
    actions = ("triage", "dismiss")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.change_report")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Lists do without the evidence; a page reads it by the service."""
        queryset = super().get_queryset(request)
        on_its_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return queryset if on_its_page else queryset.defer("evidence", "evidence_key", "details_text")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        report = super().get_object(request, object_id, from_field)
        if report is not None:
            report.read_by = staff_id(request)  # so that the reading can be put on record
        return report

    @display(description="Evidence (each reading is recorded)")
    def frozen_evidence(self, report: Any) -> str:
        if not hasattr(report, "evidence_text"):  # the page asks for a field several times; it is one reading
            report.evidence_text = reports.read_evidence(report=report, by=report.read_by).decode()
        return format_html("<pre>{}</pre>", report.evidence_text)

    @admin.action(description="Take up", permissions=["moderate"])
    def triage(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        for report in queryset:
            with reported(self, request, report):
                cases.triage(report=report.id, by=staff_id(request))

    @admin.action(description="Dismiss", permissions=["moderate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        for report in queryset:
            with reported(self, request, report):
                cases.dismiss(report=report.id, by=staff_id(request))
