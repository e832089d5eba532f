"""What matching speaks."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from config.api.serializers import CamelSerializer, StrictSerializer
from matching.api.examples import EXAMPLES
from matching.engine.features import DIMENSIONS
from matching.engine.spread import UNCERTAIN
from matching.enums import MatchStatus
from matching.services.proposals import Action

# To each of the two their own side is a.
ANSWERS = [
    MatchStatus.ACCEPTED_A,
    MatchStatus.ACCEPTED_BOTH,
    MatchStatus.DECLINED,
]


def percent() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)


class ScoresSerializer(CamelSerializer):
    """Steps of 5; null where one of the two lacks the dimension, and where it does not weigh in this match.

    Always null for depth and readiness: a number that hangs on one answer of either side would tell the other's.
    """

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField(allow_null=True) for name in DIMENSIONS}


class SpreadsSerializer(CamelSerializer):
    """How far a score may lie off because a time of birth is unknown: the standard deviation over the possible times of
    both people together, in steps of 5. Null where both times are known, or there is no score.
    """

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField(allow_null=True) for name in UNCERTAIN}


class LabelsSerializer(CamelSerializer):
    """A word for each score, in the reader's language: in English strong, good, mixed or low."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.CharField(allow_null=True) for name in DIMENSIONS}


class ReasonSerializer(CamelSerializer):
    """`code` stays the same in every language; `text` is for people."""

    code = serializers.CharField()
    text = serializers.CharField()


class ProposalSerializer(CamelSerializer):
    """What speaks for two people, and nothing of who the other is."""

    match_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=MatchStatus.choices)
    expires_at = serializers.DateTimeField()
    weight_profile = serializers.CharField()
    total_score = serializers.IntegerField()
    scores = ScoresSerializer()
    spreads = SpreadsSerializer()
    labels = LabelsSerializer()
    reasons = ReasonSerializer(many=True)


@extend_schema_serializer(examples=EXAMPLES)
class CurrentProposalSerializer(CamelSerializer):
    ok = serializers.BooleanField()
    match = ProposalSerializer(allow_null=True)


class RespondSerializer(CamelSerializer):
    match_id = serializers.UUIDField()
    action = serializers.ChoiceField(choices=[action.value for action in Action])


class RespondedSerializer(CamelSerializer):
    ok = serializers.BooleanField()
    status = serializers.ChoiceField(choices=[(answer.value, answer.label) for answer in ANSWERS])


class FeedbackSerializer(CamelSerializer):
    match_id = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=1, max_value=5)
    fit_score = percent()
    safety_score = percent()
    communication_score = percent()
    reasons = serializers.ListField(child=serializers.SlugField(max_length=40), max_length=10, required=False)
    notes = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class DoneSerializer(CamelSerializer):
    ok = serializers.BooleanField()


class PositionSerializer(StrictSerializer):
    """`longitude` where the time of birth is known, else the range it moved through that day."""

    body = serializers.CharField()
    longitude = serializers.FloatField(allow_null=True)
    longitude_range = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    signs = serializers.DictField(child=serializers.FloatField())
    house = serializers.IntegerField(allow_null=True)


class AstrologySerializer(StrictSerializer):
    time_known = serializers.BooleanField()
    positions = PositionSerializer(many=True)
    ascendant = serializers.FloatField(allow_null=True)
    midheaven = serializers.FloatField(allow_null=True)
    houses = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    house_system = serializers.CharField(allow_null=True)


class HumanDesignSerializer(StrictSerializer):
    """Each statement with its probability; with a known time every one of the first five is certain."""

    time_known = serializers.BooleanField()
    certain = serializers.BooleanField()
    type = serializers.DictField(child=serializers.FloatField())
    strategy = serializers.DictField(child=serializers.FloatField())
    authority = serializers.DictField(child=serializers.FloatField())
    profile = serializers.DictField(child=serializers.FloatField())
    definition = serializers.DictField(child=serializers.FloatField())
    centres = serializers.DictField(child=serializers.FloatField())
    channels = serializers.DictField(child=serializers.FloatField())
    gates = serializers.DictField(child=serializers.FloatField())


class ChartSerializer(StrictSerializer):
    engine_version = serializers.CharField()
    computed_at = serializers.DateTimeField()
    astrology = AstrologySerializer(allow_null=True)
    human_design = HumanDesignSerializer(allow_null=True)


class PersonalitySummarySerializer(serializers.Serializer[Any]):
    """Written for this reply, out of what the partner answered; kept nowhere."""

    summary = serializers.CharField()
