"""Who was found to be like whom, and what came of it."""

from django.contrib import admin

from config.admin import ModelAdmin
from faces.models import CelebrityMatch, FaceConnection, FaceMatch, LikenessScale, Reaction, Twins


@admin.register(FaceMatch)
class FaceMatchAdmin(ModelAdmin):
    list_display = ("created_at", "user_a", "user_b", "total", "percentile", "withheld", "version")
    list_filter = ("withheld", "version")
    list_select_related = ("user_a", "user_b")
    parties = ("user_a", "user_b")


@admin.register(Twins)
class TwinsAdmin(ModelAdmin):
    list_display = ("created_at", "user_a", "user_b")
    list_select_related = ("user_a", "user_b")
    parties = ("user_a", "user_b")


@admin.register(LikenessScale)
class LikenessScaleAdmin(ModelAdmin):
    list_display = ("created_at", "analyzer", "version", "faces", "pairs")
    list_filter = ("analyzer", "version")


@admin.register(CelebrityMatch)
class CelebrityMatchAdmin(ModelAdmin):
    list_display = ("created_at", "celebrity", "similarity_score", "analyzer")
    list_select_related = ("celebrity",)
    parties = ("face__user",)


@admin.register(Reaction)
class ReactionAdmin(ModelAdmin):
    list_display = ("created_at", "user", "reaction_type")
    list_filter = ("reaction_type",)
    list_select_related = ("user",)
    parties = ("match__user_a", "match__user_b")


@admin.register(FaceConnection)
class FaceConnectionAdmin(ModelAdmin):
    list_display = ("created_at", "connection", "face_match", "baby")
    list_select_related = ("connection", "face_match", "baby")
    parties = ("connection__user_low", "connection__user_high")
