"""What the calls of the queue take and give."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework import serializers

from config.api.serializers import PlainSerializer
from matching.api.serializers import ReasonSerializer
from matching.enums import QueueReason, QueueStatus, SessionStatus
from matching.queries_of_queue import Wait

SECOND = timedelta(seconds=1)
NEVER = ("none", "Never waited")


class WaitSerializer(serializers.Serializer[Any]):
    """How the caller's wait stands. A place in a row there is none: whoever suits is paired, not whoever is first.

    Of those who waited lately four in five waited no longer than `expected_wait_seconds`; null while too few have. A
    wait of `longest_wait_seconds` expires. `session_id` is there when it ended in a conversation. `unmet` and
    `cooldown_until` say what keeps the caller from joining.
    """

    status = serializers.ChoiceField([NEVER, *QueueStatus.choices])
    reason = serializers.ChoiceField(QueueReason.choices, allow_null=True)
    waiting_since = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    session_id = serializers.UUIDField(allow_null=True)
    expected_wait_seconds = serializers.IntegerField(allow_null=True)
    longest_wait_seconds = serializers.IntegerField()
    cooldown_until = serializers.DateTimeField(allow_null=True)
    unmet = serializers.ListField(child=serializers.CharField())


class SessionSerializer(PlainSerializer):
    """Two people whom the queue brought together. `score` in steps of 5; `conversation_id` is where they talk."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(SessionStatus.choices)
    conversation_id = serializers.UUIDField(allow_null=True)
    matched_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)
    match_reasons = serializers.ListField(child=serializers.CharField())
    reasons = ReasonSerializer(many=True)


def told(wait: Wait) -> dict[str, Any]:
    """How a wait stands, as it is answered over HTTP and by frames."""
    entry = wait.entry
    return WaitSerializer(
        {
            "status": entry.status if entry else "none",
            "reason": (entry and entry.queue_reason) or None,
            "waiting_since": entry and entry.waiting_since,
            "ended_at": entry and entry.dequeued_at,
            "session_id": entry and entry.match_id,
            "expected_wait_seconds": wait.expected and wait.expected // SECOND,
            "longest_wait_seconds": settings.QUEUE_LONGEST_WAIT // SECOND,
            "cooldown_until": wait.cooldown_until,
            "unmet": wait.unmet,
        }
    ).data
