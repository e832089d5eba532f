"""What the conversation half of `/connect/*` takes and gives, in camelCase."""

from typing import Any

from rest_framework import serializers

from chat.api.serializers import ImageSerializer, NoticeSerializer
from chat.enums import MessageType, RevealState
from chat.services.receipts import STATUSES
from config.api.serializers import CamelSerializer
from config.db import new_id
from safety.enums import RULE_LABELS, ReportReason

MAX_SEQ = 2**62
STAGES = [
    "inactive",
    "waiting",
    "pool_exhausted",
    "match_found",
    "waiting_for_other",
    "blind_chat",
    "reveal_pending",
    "revealed",
]


class BlindChatAskSerializer(CamelSerializer):
    speaks_json = False

    blind_chat_id = serializers.UUIDField()
    after_seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=200, default=100)


class BlindChatLineSerializer(CamelSerializer):
    """A `text`, or an `image` where the type is that; null is both when it was taken back."""

    message_id = serializers.UUIDField()
    seq = serializers.IntegerField()
    type = serializers.ChoiceField(MessageType.choices)
    sender = serializers.CharField(help_text="`me`, or the other's pseudonym.")
    from_me = serializers.BooleanField()
    text = serializers.CharField(allow_null=True)
    image = ImageSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    retracted = serializers.BooleanField()
    warning = serializers.ChoiceField(RULE_LABELS, allow_null=True, help_text="What to be careful of.")


class BlindChatPageSerializer(CamelSerializer):
    """`lastSeq` is the number up to which this answer is complete: ask on from there."""

    ok = serializers.BooleanField(default=True)
    messages = BlindChatLineSerializer(many=True)
    last_seq = serializers.IntegerField()


class BlindChatSendSerializer(CamelSerializer):
    blind_chat_id = serializers.UUIDField()
    message = serializers.CharField(allow_blank=True, trim_whitespace=False)
    client_id = serializers.CharField(max_length=64, default=lambda: new_id().hex)


class BlindChatSentSerializer(CamelSerializer):
    """A message that is held waits for a moderator; the other knows nothing of it."""

    ok = serializers.BooleanField(default=True)
    message_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    status = serializers.ChoiceField(STATUSES)
    notice = NoticeSerializer(allow_null=True)


class RevealSerializer(CamelSerializer):
    """`matchId` with request or withdraw, or `revealId` with accept or decline."""

    match_id = serializers.UUIDField(required=False)
    reveal_id = serializers.UUIDField(required=False)
    action = serializers.ChoiceField(["request", "withdraw", "accept", "decline"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = "match_id" if attrs["action"] in {"request", "withdraw"} else "reveal_id"
        if set(attrs) != {"action", needed}:
            raise serializers.ValidationError(
                "Give matchId to request or withdraw, revealId to accept or decline.", code="reveal_target"
            )
        return attrs


class RevealedSerializer(CamelSerializer):
    ok = serializers.BooleanField(default=True)
    reveal_state = serializers.ChoiceField(RevealState.choices)
    reveal_id = serializers.UUIDField()


class ConnectReportSerializer(CamelSerializer):
    """About a match or a blind chat, one of them."""

    match_id = serializers.UUIDField(required=False)
    blind_chat_id = serializers.UUIDField(required=False)
    reason = serializers.ChoiceField(ReportReason.choices)
    details = serializers.CharField(max_length=2000, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("match_id" in attrs) == ("blind_chat_id" in attrs):
            raise serializers.ValidationError("Give either matchId or blindChatId.", code="report_target")
        return attrs


class ConnectReportedSerializer(CamelSerializer):
    ok = serializers.BooleanField(default=True)
    report_id = serializers.UUIDField()


class CurrentSerializer(CamelSerializer):
    stage = serializers.ChoiceField(STAGES)
    match_id = serializers.UUIDField(allow_null=True)
    blind_chat_id = serializers.UUIDField(allow_null=True)
    reveal_state = serializers.ChoiceField(RevealState.choices, allow_null=True)
    reveal_id = serializers.UUIDField(allow_null=True)


class ConnectStatusSerializer(CamelSerializer):
    ok = serializers.BooleanField(default=True)
    active = serializers.BooleanField()
    current = CurrentSerializer()
