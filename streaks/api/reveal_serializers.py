"""What the calls of recoveries and reveals take and give."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from connect.enums import PaymentStatus
from streaks.enums import BOUGHT_WITH, MilestoneStatus, PayWith, RecoveryStatus


class RecoverInput(StrictSerializer):
    """Free recoveries are taken first, whatever is asked for; after them it is money unless it says credits."""

    pay_with = serializers.ChoiceField(PayWith.choices, required=False)


class RecoverySerializer(PlainSerializer):
    """`pending`: recovered once the payment is settled, if the window is still open then, and else credited."""

    id = serializers.UUIDField()
    streak_id = serializers.UUIDField()
    day = serializers.DateField(help_text="The day that is made up for.")
    pay_with = serializers.ChoiceField(PayWith.choices)
    status = serializers.ChoiceField(RecoveryStatus.choices)
    payment_id = serializers.UUIDField(allow_null=True)


class ContentSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    text = serializers.CharField()


class RevealSerializer(serializers.Serializer[Any]):
    """`earned`, `purchased`: its content is being written."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(MilestoneStatus.choices)
    content = ContentSerializer(allow_null=True, help_text="Once it is unlocked, while the two are together.")


class PurchaseInput(StrictSerializer):
    pay_with = serializers.ChoiceField(BOUGHT_WITH, default=PayWith.MONEY)


class PurchaseSerializer(serializers.Serializer[Any]):
    """The reveal is purchased once the payment is settled."""

    payment_id = serializers.UUIDField()
    status = serializers.ChoiceField(PaymentStatus.choices)
    amount = serializers.IntegerField()
    currency = serializers.CharField()
