"""What is paid for in a streak."""

from django.contrib import admin

from config.admin import ModelAdmin
from streaks.models import CreditProtection, NudgePayment, RecoveryPayment


@admin.register(RecoveryPayment)
class RecoveryPaymentAdmin(ModelAdmin):
    list_display = ("created_at", "breaker", "day", "pay_with", "status", "payment", "decided_at")
    list_filter = ("status", "pay_with")
    list_select_related = ("breaker", "payment")
    parties = ("streak__user_low", "streak__user_high")


@admin.register(NudgePayment)
class NudgePaymentAdmin(ModelAdmin):
    list_display = ("created_at", "sender", "day", "pay_with", "status", "number", "payment", "decided_at")
    list_filter = ("status", "pay_with")
    list_select_related = ("sender", "payment")
    parties = ("streak__user_low", "streak__user_high")


@admin.register(CreditProtection)
class CreditProtectionAdmin(ModelAdmin):
    list_display = ("opened_at", "payer", "payment", "ends_at", "status", "decided_at")
    list_filter = ("status",)
    list_select_related = ("payer", "payment")
    parties = ("streak__user_low", "streak__user_high")
