"""What the calls of blocks take and give."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from safety.enums import BlockSource


class BlockInput(StrictSerializer):
    """Whom to block, by one of these; the last only for somebody who was disclosed or connected."""

    conversation_id = serializers.UUIDField(required=False)
    match_id = serializers.UUIDField(required=False)
    user_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            message = "Give one of conversation_id, match_id and user_id."
            raise serializers.ValidationError(message, code="block_target")
        return attrs


class BlockReply(serializers.Serializer[Any]):
    """Who an anonymous person is, their block does not say."""

    id = serializers.UUIDField()
    alias = serializers.CharField(help_text="How the other was known when the block was made.")
    source = serializers.ChoiceField(BlockSource.choices)  # type: ignore[assignment]  # DRF's own name for another thing
    created_at = serializers.DateTimeField()
