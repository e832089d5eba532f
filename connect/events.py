"""What apps may tell of their use: each event by its name, and its properties with the values they can have.

This is the one place that declares them. A property is a number within bounds, a switch or a word out of a fixed list:
there is no kind for text, and none for ids, so that nothing somebody wrote and nobody else can get in.
"""

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.enums import Item, NotificationType

HOUR = 3600

SCREENS = (
    *("welcome", "onboarding", "home", "match", "conversation", "queue", "discovery", "streak", "connections"),
    *("notifications", "profile", "settings", "billing", "safety"),
)
STEPS = ("profile", "birth", "values", "interests", "preferences", "readiness", "hobbies", "photos", "consents")
PLATFORMS = ("web", "ios", "android")
FAULTS = ("network", "timeout", "server", "render")


class AppOpened(StrictSerializer):
    platform = serializers.ChoiceField(PLATFORMS)
    signed_in = serializers.BooleanField(required=False)


class ScreenViewed(StrictSerializer):
    screen = serializers.ChoiceField(SCREENS)
    seconds = serializers.IntegerField(min_value=0, max_value=HOUR, required=False)


class OnboardingStep(StrictSerializer):
    step = serializers.ChoiceField(STEPS)
    seconds = serializers.IntegerField(min_value=0, max_value=HOUR, required=False)


class ReasonsOpened(StrictSerializer):
    position = serializers.IntegerField(min_value=1, max_value=10, required=False)


class PromptUsed(StrictSerializer):
    stage = serializers.IntegerField(min_value=1, max_value=20)


class RevealDialog(StrictSerializer):
    seconds = serializers.IntegerField(min_value=0, max_value=HOUR, required=False)


class GateShown(StrictSerializer):
    gate_minute = serializers.IntegerField(min_value=1, max_value=60)
    seconds_left = serializers.IntegerField(min_value=0, max_value=600, required=False)


class QueueLeft(StrictSerializer):
    waited_seconds = serializers.IntegerField(min_value=0, max_value=HOUR)


class NotificationOpened(StrictSerializer):
    type = serializers.ChoiceField(NotificationType.values)
    pushed = serializers.BooleanField(required=False)


class OfferShown(StrictSerializer):
    item = serializers.ChoiceField(Item.values)


class FaultSeen(StrictSerializer):
    kind = serializers.ChoiceField(FAULTS)
    status = serializers.IntegerField(min_value=100, max_value=599, required=False)


EVENTS: dict[str, type[StrictSerializer]] = {
    "app_opened": AppOpened,
    "screen_viewed": ScreenViewed,
    "onboarding_step_shown": OnboardingStep,
    "onboarding_step_done": OnboardingStep,
    "match_reasons_opened": ReasonsOpened,
    "prompt_used": PromptUsed,
    "reveal_dialog_opened": RevealDialog,
    "reveal_dialog_left": RevealDialog,
    "gate_shown": GateShown,
    "queue_left": QueueLeft,
    "notification_opened": NotificationOpened,
    "offer_shown": OfferShown,
    "fault_seen": FaultSeen,
}
