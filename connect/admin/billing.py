"""What people pay, as staff see it: to be read, and, a payment, to be given back."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from connect import models
from connect.admin.tables import OfPerson
from connect.services import payments


@admin.register(models.Payment)
class PaymentAdmin(OfPerson):
    """Payments never change; to give one back is a row of its own, once it is confirmed."""

    list_display = ("created_at", "user", "item", "amount", "currency", "provider", "state")
    list_filter = ("item", "provider")
    more_ids = ("subject_id",)
    readonly_fields = ("id", "created_at", "states")
    actions = ("refund",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: Any = super().get_queryset(request)
        return found.with_status()

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("connect.change_payment")

    @admin.action(description="Give back", permissions=["refund"])
    def refund(self, request: HttpRequest, queryset: QuerySet[models.Payment]) -> TemplateResponse | None:
        if "confirmed" not in request.POST:
            return self._ask(request, queryset)
        for payment in queryset:
            with reported(self, request, payment):
                payments.refund(payment_id=payment.id, by=staff_id(request), now=clock.now())
        return None

    def _ask(self, request: HttpRequest, queryset: QuerySet[models.Payment]) -> TemplateResponse:
        shown = {
            **self.admin_site.each_context(request),
            "title": "Give these payments back?",
            "opts": self.opts,
            "payments": queryset,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "connect/refund.html", shown)

    @display(description="State")
    def state(self, payment: Any) -> str:
        return str(payment.status_now)

    @display(description="States")
    def states(self, payment: models.Payment) -> SafeString:
        found = payment.states.order_by("number")
        lines = ((f"{state.at:%Y-%m-%d %H:%M:%S}", state.status, state.reference) for state in found)
        return format_html("<ol>{}</ol>", format_html_join("", "<li><time>{}</time> {} {}</li>", lines))


@admin.register(models.PaymentState)
class PaymentStateAdmin(ModelAdmin):
    list_display = ("at", "payment", "number", "status", "reference")
    list_select_related = ("payment",)
    list_filter = ("status",)
    search_fields = ("reference",)
    parties = ("payment__user",)


@admin.register(models.PaymentJob)
class PaymentJobAdmin(ModelAdmin):
    list_display = ("created_at", "payment", "due_at", "claimed_until", "attempts", "reference")
    list_select_related = ("payment",)
    search_fields = ("reference",)
    parties = ("payment__user",)
    hidden = ("client_secret",)


@admin.register(models.Subscription)
class SubscriptionAdmin(OfPerson):
    list_display = ("created_at", "user", "tier", "status", "next_tier", "period_end", "grace_until", "provider")
    list_filter = ("status", "tier", "provider")
    search_fields = ("reference",)
    hidden = ("client_secret",)


@admin.register(models.CreditEntry)
class CreditEntryAdmin(OfPerson):
    list_display = ("at", "user", "amount", "currency", "reason", "source_id")
    list_filter = ("reason",)
    more_ids = ("source_id",)


@admin.register(models.BillingDifference)
class BillingDifferenceAdmin(ModelAdmin):
    list_display = ("at", "provider", "entity", "entity_id", "ours", "theirs")
    list_filter = ("provider", "entity")
    more_ids = ("entity_id",)
