"""What people tell of themselves, as staff see it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.admin import ModelAdmin, staff_id
from connect import hobby_wording, models
from connect.admin.tables import OfPerson
from connect.services import hobby_options


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


@admin.register(models.Disclosure)
class DisclosureAdmin(ModelAdmin):
    list_display = ("granted_at", "viewer", "subject", "level", "source", "revoked_at")
    list_filter = ("level", "source")
    list_select_related = ("viewer", "subject")
    parties = ("viewer", "subject")


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


@admin.register(models.PersonalityQuestion)
class PersonalityQuestionAdmin(ModelAdmin):
    list_display = ("version", "position", "key", "dimension", "text_en")
    list_filter = ("version", "dimension")


@admin.register(models.PersonalityAnswer)
class PersonalityAnswerAdmin(OfPerson):
    list_display = ("user", "question", "created_at")
    list_select_related: ClassVar[Any] = ("user", "question")
    hidden = ("answer",)


@admin.register(models.PersonalityScore)
class PersonalityScoreAdmin(OfPerson):
    list_display = ("user", "version", "updated_at")
    hidden = ("scores", "confidence")


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
    """On record. What ships is named in every language by `connect.hobby_wording`; here only what came later is."""

    list_display = ("code", "name", "category", "is_active")
    list_filter = ("category", "is_active")
    readonly_fields = ("id", "created_at", "code", "category")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("connect.change_hobbyoption")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        worded = ("name",) if obj is not None and obj.code in hobby_wording.NAMES else ()
        return (*super().get_readonly_fields(request, obj), *worded)

    def save_model(self, request: HttpRequest, obj: models.HobbyOption, form: Any, change: bool) -> None:
        hobby_options.save(option=obj, by=staff_id(request))


@admin.register(models.VerificationSignal)
class VerificationSignalAdmin(OfPerson):
    list_display = ("verified_at", "user", "kind")
    list_filter = ("kind",)
    hidden = ("reference",)
