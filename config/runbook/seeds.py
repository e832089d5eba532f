"""The tables of the specifications, and what each became here."""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db import models


class Seed(NamedTuple):
    """A table of a specification and the model that stands for it, with what tells its rows from others'."""

    table: str
    label: str
    only: str = ""

    @property
    def model(self) -> type[models.Model] | None:
        """None as long as the app it belongs to holds no such model."""
        app, name = self.label.split(".")
        return apps.all_models[app].get(name.lower()) if apps.is_installed(app) else None

    @property
    def ours(self) -> str | None:
        """The name its table has here."""
        return self.model._meta.db_table if self.model else None


# Specification 3, section 2.1: what has to be there before.
CORE = [
    Seed("users", "connect.User"),
    Seed("identities", "connect.AuthIdentity"),
    Seed("conversations", "chat.Conversation"),
    Seed("messages", "chat.Message"),
    Seed("checkins", "streaks.CheckIn"),
    Seed("events", "connect.AnalyticsEvent"),
    Seed("reminders", "connect.OutgoingMail"),  # a row with a due time, as all that is to happen later
]
# Specification 1, section 3, in the order of its foreign keys.
CONNECT = [
    Seed("connect_profiles", "connect.ConnectProfile"),
    Seed("matches", "matching.Match", "pathway=compatibility"),
    Seed("blind_chats", "chat.Conversation", "kind=blind"),
    Seed("blind_chat_messages", "chat.Message"),
    Seed("reveals", "chat.Reveal"),
    Seed("match_feedback", "matching.MatchFeedback"),
]
ASTRO = [Seed("users (birth)", "connect.BirthData"), Seed("users (chart)", "matching.Chart")]
FRIENDSHIP = [
    Seed("user_sessions", "connect.DeviceSession"),
    Seed("user_profiles", "connect.Profile"),
    Seed("user_preference_settings", "connect.PreferenceSettings"),
    Seed("user_value_scores", "connect.ValueScore"),
    Seed("user_interest_scores", "connect.InterestScore"),
    Seed("user_off_limits_topics", "connect.OffLimitsTopic"),
    Seed("user_non_negotiables", "connect.NonNegotiable"),
    Seed("matching_queue_entries", "matching.QueueEntry"),
    Seed("match_sessions", "matching.Match", "pathway=live"),
    Seed("conversation_sessions", "chat.Conversation", "kind=live"),
    Seed("conversation_decision_gates", "chat.DecisionGate"),
    Seed("friendships", "matching.Connection", "origin=live"),
    Seed("friendship_events", "matching.ConnectionEvent"),
    Seed("meet_reflections", "matching.MeetReflection"),
    Seed("trust_scores", "safety.TrustScore"),
    Seed("trust_score_events", "safety.TrustScoreEvent"),
    Seed("reports", "safety.Report"),
    Seed("blocks", "safety.Block"),
    Seed("prompt_catalog", "chat.Prompt"),
    Seed("daily_prompt_answers", "streaks.DailyPromptAnswer"),
    Seed("weekly_intents", "streaks.WeeklyIntent"),
    Seed("xp_ledger", "streaks.XpEntry"),
    Seed("analytics_events", "connect.AnalyticsEvent"),
    Seed("idempotency_keys", "safety.IdempotencyKey"),
]
DISCOVERY = [
    Seed("verification_signals", "connect.VerificationSignal"),
    Seed("photos", "connect.Photo"),
    Seed("hobbies", "connect.Hobby"),
    Seed("hobby_options", "connect.HobbyOption"),
    Seed("servers", "matching.Server"),
    Seed("discovery_batches", "matching.DiscoveryBatch"),
    Seed("discovery_cards", "matching.DiscoveryCard"),
    Seed("filters", "matching.DiscoveryFilter"),
    Seed("interests", "matching.Interest"),
    Seed("connections", "matching.Connection", "origin=discovery"),
    Seed("interest_wipes", "matching.InterestWipe"),
    Seed("streaks", "streaks.Streak"),
    Seed("check_ins", "streaks.CheckIn"),
    Seed("nudges", "streaks.Nudge"),
    Seed("recovery_payments", "streaks.RecoveryPayment"),
    Seed("nudge payments", "streaks.NudgePayment"),
    Seed("reveal_milestones", "streaks.RevealMilestone"),
    Seed("milestone reveals", "streaks.MilestoneReveal"),
    Seed("reveal_contents", "streaks.RevealContent"),
    Seed("credit_protections", "streaks.CreditProtection"),
    Seed("subscriptions", "connect.Subscription"),
    Seed("payments", "connect.Payment"),
    Seed("credits", "connect.CreditEntry"),
    Seed("audit_logs", "safety.AuditLog"),
    Seed("safety_flags", "safety.SafetyFlag"),
    Seed("personality_questions", "connect.PersonalityQuestion"),
    Seed("personality_answers", "connect.PersonalityAnswer"),
    Seed("personality_scores", "connect.PersonalityScore"),
]
FACES = [
    Seed("faces", "faces.Face"),
    Seed("face matches", "faces.FaceMatch"),
    Seed("celebrities", "faces.Celebrity"),
    Seed("celebrity_matches", "faces.CelebrityMatch"),
    Seed("reactions", "faces.Reaction"),
    Seed("babies", "faces.Baby"),
    Seed("match_jobs", "faces.MatchJob"),
    Seed("mutual_connections", "matching.Connection", "origin=face"),
    Seed("notifications", "connect.Notification"),
    Seed("system_settings", "constance.Constance"),
]
NAMED = {
    "core": CORE,
    "connect": CONNECT,
    "astro": ASTRO,
    "friendship": FRIENDSHIP,
    "discovery": DISCOVERY,
    "faces": FACES,
}


def standing() -> Iterator[tuple[str, Seed, str]]:
    """Every table of the specifications that has its model: where it is specified, the table, our name for it."""
    return ((group, seed, seed.ours) for group, seeds in NAMED.items() for seed in seeds if seed.ours)
