"""What the calls of streaks take and give."""

from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from streaks.engine.states import DAYS
from streaks.enums import BOUGHT_WITH, EffortSignal, NudgePaymentStatus, PayWith, Side, StreakStatus
from streaks.models import Streak


class StreakSerializer(PlainSerializer):
    """A streak as one of the two sees it. `day` is the date it stands at by the clock of its `timezone`."""

    id = serializers.UUIDField()
    connection_id = serializers.UUIDField()
    status = serializers.ChoiceField(StreakStatus.choices)
    current_day = serializers.IntegerField(help_text=f"Days of this cycle that both completed, of {DAYS}.")
    cycle = serializers.IntegerField()
    timezone = serializers.CharField()
    started_on = serializers.DateField()
    day = serializers.DateField()
    checked_in = serializers.SerializerMethodField(help_text="Whether you have, on that day.")
    partner_checked_in = serializers.SerializerMethodField()
    breaker = serializers.SerializerMethodField(help_text="Who missed the day that broke it, while it is not mended.")
    next_turn_at = serializers.DateTimeField(
        source="due_at", allow_null=True, help_text="When it moves on unless somebody does something."
    )
    completed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_checked_in(self, streak: Streak) -> bool:
        return streak.last_check_in(self.context["viewer"]) == streak.day

    def get_partner_checked_in(self, streak: Streak) -> bool:
        return streak.last_check_in(streak.other(self.context["viewer"])) == streak.day

    def get_breaker(self, streak: Streak) -> Side | None:
        if streak.breaker_id is None:
            return None
        return Side.ME if streak.breaker_id == self.context["viewer"] else Side.PARTNER


class CheckInSerializer(StrictSerializer):
    effort_signal = serializers.ChoiceField(EffortSignal.choices, default=EffortSignal.STEADY)


class NudgeInput(StrictSerializer):
    """What the tier gives is used first, whatever is asked for; one more is bought only if this says with what."""

    pay_with = serializers.ChoiceField(BOUGHT_WITH, required=False)


class NudgeSerializer(PlainSerializer):
    """`pending`: sent once the payment is settled, if the day is still at risk then, and else credited."""

    status = serializers.ChoiceField(NudgePaymentStatus.choices)
    pay_with = serializers.ChoiceField(PayWith.choices)
    number = serializers.IntegerField(allow_null=True, help_text="Of the nudges of this day.")
    sent_at = serializers.DateTimeField(allow_null=True)
    payment_id = serializers.UUIDField(allow_null=True)
