"""What people are told and how they are reached, as staff see it."""

from django.contrib import admin

from config.admin import ModelAdmin
from connect import models
from connect.admin.tables import OfPerson


@admin.register(models.Notification)
class NotificationAdmin(OfPerson):
    list_display = ("created_at", "user", "type", "title", "read_at")
    list_filter = ("type",)
    subject_ids = ("related_id",)


@admin.register(models.AnalyticsEvent)
class AnalyticsEventAdmin(OfPerson):
    list_display = ("occurred_at", "user", "event_name")
    list_filter = ("event_name",)
    hidden = ("properties", "session_id")


@admin.register(models.PushDevice)
class PushDeviceAdmin(OfPerson):
    list_display = ("user", "created_at", "updated_at")
    hidden = ("endpoint", "p256dh", "auth")


@admin.register(models.PushDelivery)
class PushDeliveryAdmin(OfPerson):
    list_display = ("created_at", "user", "due_at", "attempts", "claimed_until")


@admin.register(models.OutgoingMail)
class OutgoingMailAdmin(ModelAdmin):
    """The body is not shown: it may hold a code."""

    list_display = ("created_at", "to", "subject", "due_at", "attempts", "claimed_until")
    hidden = ("body",)


@admin.register(models.OutgoingSms)
class OutgoingSmsAdmin(ModelAdmin):
    """The body is not shown: it may hold a code."""

    list_display = ("created_at", "to", "due_at", "attempts", "claimed_until")
    hidden = ("body",)


@admin.register(models.PhoneVerification)
class PhoneVerificationAdmin(OfPerson):
    list_display = ("created_at", "user", "phone", "attempts", "expires_at")
    hidden = ("code_hash",)
