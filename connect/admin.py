"""People, as staff see them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold import admin as unfold

from config import clock, second_factor
from config.admin import ModelAdmin, reported, staff_id
from config.lookups import DeclaredLookups
from connect import models
from connect.services import sessions
from safety.enums import ActionKind, ReportReason
from safety.services import actions as moderation
from safety.services import audit
from safety.services.actions import Measure

RESTRICTED_BY_HAND = "Our team restricted your account while it looks into it."

admin.site.unregister([Group, StaticDevice, TOTPDevice])


@admin.register(models.User)
class UserAdmin(ModelAdmin):
    """Accounts. Standing changes by action; what a staff member may do, by a superuser here."""

    list_display = ("email", "phone", "status", "tier", "is_staff", "last_seen_at", "created_at")
    list_filter = ("status", "tier", "is_staff")
    search_fields = ("email__startswith", "phone__startswith")
    search_help_text = "A whole id, or the beginning of an e-mail address or phone number"
    hidden = ("password",)
    readonly_fields = (
        *(
            "id",
            "email",
            "phone",
            "status",
            "suspended_until",
            "tier",
            "timezone",
            "last_seen_at",
            "last_login",
            "created_at",
        ),
        *("active_connection_count", "last_global_refresh_at", "updated_at"),
    )
    filter_horizontal = ("groups", "user_permissions")
    actions = ("restrict", "lift")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.is_superuser

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.add_moderationaction")

    def save_model(self, request: HttpRequest, obj: models.User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = {"changed": sorted(form.changed_data)}
        audit.record(action="staff_role", actor=staff_id(request), entity="connect_user", entity_id=obj.pk, **changed)

    @admin.action(description="Restrict", permissions=["moderate"])
    def restrict(self, request: HttpRequest, queryset: QuerySet[models.User]) -> None:
        for user in queryset:
            with reported(self, request, user):
                moderation.take(
                    against=user.id,
                    by=staff_id(request),
                    measure=Measure(ActionKind.RESTRICTION),
                    reason_code=ReportReason.OTHER,
                    statement=RESTRICTED_BY_HAND,
                    now=clock.now(),
                )

    @admin.action(description="Lift restrictions", permissions=["moderate"])
    def lift(self, request: HttpRequest, queryset: QuerySet[models.User]) -> None:
        for user in queryset:
            with reported(self, request, user):
                moderation.lift_restrictions(user=user.id, by=staff_id(request), now=clock.now())


class OfPerson(ModelAdmin):
    """Rows that belong to one person."""

    list_select_related: ClassVar[Any] = ("user",)


@admin.register(models.DeviceSession)
class DeviceSessionAdmin(OfPerson):
    list_display = (
        "created_at",
        "user",
        "device_label",
        "ip_address",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )
    hidden = ("refresh_token_hash",)
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("connect.change_devicesession")

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.DeviceSession]) -> None:
        for session in queryset:
            with reported(self, request, session):
                sessions.revoke_as_staff(session=session, by=staff_id(request), now=clock.now())


@admin.register(models.Profile)
class ProfileAdmin(OfPerson):
    list_display = ("nickname", "user", "gender", "city", "country", "updated_at")
    list_filter = ("gender",)
    hidden = ("birth_date", "birth_changes", "cell")
    readonly_fields = ("id", "created_at", "age")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Profile]:
        return models.Profile.objects.defer("cell")

    @display(description="Age")
    def age(self, profile: models.Profile) -> int | None:
        return profile.age_on(timezone.localdate())


@admin.register(models.BirthData)
class BirthDataAdmin(OfPerson):
    list_display = ("user", "created_at", "updated_at")
    hidden = ("time", "city", "country", "latitude", "longitude", "timezone")


@admin.register(models.ConnectProfile)
class ConnectProfileAdmin(OfPerson):
    list_display = ("user", "is_active", "mode", "min_age", "max_age", "activated_at", "updated_at")
    list_filter = ("is_active", "mode")
    hidden = ("values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score")


@admin.register(models.Consent)
class ConsentAdmin(OfPerson):
    list_display = ("user", "purpose", "version", "granted_at", "revoked_at")
    list_filter = ("purpose",)


@admin.register(models.DataExport)
class DataExportAdmin(OfPerson):
    list_display = ("created_at", "user", "status", "attempts", "size", "ready_at", "expires_at")
    list_filter = ("status",)
    hidden = ("file_key",)


@admin.register(models.AccountDeletion)
class AccountDeletionAdmin(OfPerson):
    list_display = ("created_at", "user", "due_at", "claimed_until")


@admin.register(models.Disclosure)
class DisclosureAdmin(ModelAdmin):
    list_display = ("granted_at", "viewer", "subject", "level", "source", "revoked_at")
    list_filter = ("level", "source")
    list_select_related = ("viewer", "subject")
    parties = ("viewer", "subject")


@admin.register(models.Notification)
class NotificationAdmin(OfPerson):
    list_display = ("created_at", "user", "type", "title", "read_at")
    list_filter = ("type",)
    subject_ids = ("related_id",)


@admin.register(models.AuthIdentity)
class AuthIdentityAdmin(OfPerson):
    list_display = ("created_at", "user", "provider")
    list_filter = ("provider",)
    hidden = ("provider_subject",)


@admin.register(models.PreferenceSettings)
class PreferenceSettingsAdmin(OfPerson):
    list_display = ("user", "conversation_depth", "contact_frequency", "updated_at")


@admin.register(models.ValueScore)
class ValueScoreAdmin(OfPerson):
    list_display = ("user", "value_key", "created_at")


@admin.register(models.InterestScore)
class InterestScoreAdmin(OfPerson):
    list_display = ("user", "interest_key", "created_at")


@admin.register(models.OffLimitsTopic)
class OffLimitsTopicAdmin(OfPerson):
    list_display = ("user", "topic_key", "created_at")


@admin.register(models.NonNegotiable)
class NonNegotiableAdmin(OfPerson):
    list_display = ("user", "dimension", "key", "priority_rank")


@admin.register(models.ReadinessAnswer)
class ReadinessAnswerAdmin(OfPerson):
    list_display = ("user", "question_key", "created_at")
    hidden = ("answer",)


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


@admin.register(models.PasswordReset)
class PasswordResetAdmin(ModelAdmin):
    list_display = ("created_at", "email", "attempts", "expires_at")
    search_fields = ("email__startswith",)
    hidden = ("code_hash",)


@admin.register(models.PhoneVerification)
class PhoneVerificationAdmin(OfPerson):
    list_display = ("created_at", "user", "phone", "attempts", "expires_at")
    hidden = ("code_hash",)


@admin.register(models.Photo)
class PhotoAdmin(OfPerson):
    """Rows alone: the pictures are nobody's to look at here."""

    list_display = ("created_at", "user", "position", "has_face", "quality", "analyzer")
    list_filter = ("has_face",)
    hidden = ("file", "file_key", "digest")


@admin.register(models.Hobby)
class HobbyAdmin(OfPerson):
    list_display = ("created_at", "user", "option", "description")
    list_select_related = ("user", "option")


@admin.register(models.HobbyOption)
class HobbyOptionAdmin(ModelAdmin):
    list_display = ("code", "name", "category", "is_active")
    list_filter = ("category", "is_active")


@admin.register(models.VerificationSignal)
class VerificationSignalAdmin(OfPerson):
    list_display = ("verified_at", "user", "kind")
    list_filter = ("kind",)
    hidden = ("reference",)


@admin.register(models.PendingRegistration)
class PendingRegistrationAdmin(ModelAdmin):
    list_display = ("created_at", "email", "attempts", "expires_at")
    search_fields = ("email__startswith",)
    hidden = ("password", "code_hash")


@admin.register(Group)
class GroupAdmin(DeclaredLookups, DjangoGroupAdmin, unfold.ModelAdmin):
    """The staff roles."""


@admin.register(TOTPDevice)
class TOTPDeviceAdmin(DeclaredLookups, unfold.ModelAdmin):
    """Second factors. The secret shows, as a set-up address, only until the device is confirmed.

    To delete one is to take all of a person's away, so that who lost theirs sets up another.
    """

    list_display = ("user", "name", "confirmed", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email__startswith",)
    autocomplete_fields = ("user",)
    fields = ("user", "name", "confirmed", "set_up", "created_at", "last_used_at")
    readonly_fields = ("set_up", "created_at", "last_used_at")

    def delete_model(self, request: HttpRequest, obj: TOTPDevice) -> None:
        second_factor.remove(obj.user, by=staff_id(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TOTPDevice]) -> None:
        for device in queryset:
            self.delete_model(request, device)

    @display(description="Set-up address for an authenticator app")
    def set_up(self, device: TOTPDevice) -> str:
        return device.config_url if device.pk and not device.confirmed else "-"
