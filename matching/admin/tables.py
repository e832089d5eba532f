"""Who meets whom, as operators see it."""

from django.contrib import admin

from config.admin import ModelAdmin
from matching.models import (
    Chart,
    Connection,
    ConnectionEvent,
    Interest,
    InterestWipe,
    Match,
    MatchFeedback,
    MeetReflection,
    PoolEntry,
)


@admin.register(Chart)
class ChartAdmin(ModelAdmin):
    list_display = ("user", "engine_version", "computed_at", "due_at")
    list_select_related = ("user",)
    hidden = ("astrology", "human_design", *Chart.MULTIPLIED)


@admin.register(PoolEntry)
class PoolEntryAdmin(ModelAdmin):
    list_display = ("user", "features_version", "built_at", "considered_at", "due_at", "consider_at")
    list_select_related = ("user",)
    hidden = ("query", "key", "leanings", "languages")


@admin.register(Match)
class MatchAdmin(ModelAdmin):
    list_display = ("created_at", "user_a", "user_b", "pathway", "status", "total_score", "expires_at")
    list_filter = ("status", "pathway")
    list_select_related = ("user_a", "user_b")
    hidden = ("score_breakdown",)
    parties = ("user_a", "user_b")


@admin.register(MatchFeedback)
class MatchFeedbackAdmin(ModelAdmin):
    list_display = ("created_at", "match", "rating", "engine_version")
    list_select_related = ("match",)
    hidden = ("notes", "vector_delta")
    parties = ("match__user_a", "match__user_b")


@admin.register(MeetReflection)
class MeetReflectionAdmin(ModelAdmin):
    """Who said how a talk was, and when it was counted; what they said is nobody's to read."""

    list_display = ("given_at", "match", "counted_at")
    list_select_related = ("match",)
    hidden = ("vibe_score", "meet_outcome", "feedback_tags")
    parties = ("match__user_a", "match__user_b")


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    list_display = ("created_at", "user_low", "user_high", "origin", "server", "status", "ended_at")
    list_filter = ("status", "origin", "server")
    list_select_related = ("user_low", "user_high")
    parties = ("user_low", "user_high")


@admin.register(ConnectionEvent)
class ConnectionEventAdmin(ModelAdmin):
    list_display = ("created_at", "connection", "event_type")
    list_filter = ("event_type",)
    list_select_related = ("connection",)
    parties = ("connection__user_low", "connection__user_high")


@admin.register(Interest)
class InterestAdmin(ModelAdmin):
    list_display = ("created_at", "sender", "receiver", "server", "status", "met_at", "decided_at")
    list_filter = ("status", "server")
    list_select_related = ("sender", "receiver")
    parties = ("sender", "receiver")


@admin.register(InterestWipe)
class InterestWipeAdmin(ModelAdmin):
    list_display = ("created_at", "user", "connection", "interests")
    list_select_related = ("user", "connection")
    parties = ("user", "connection__user_low", "connection__user_high")
