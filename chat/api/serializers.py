"""What the calls of conversations take and give."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.enums import Decision, GateOutcome, Kind, MessageType, RevealState, State, WindowStatus
from chat.models import Conversation
from chat.services.receipts import STATUSES
from config.api.serializers import PlainSerializer, StrictSerializer
from config.db import new_id
from safety.enums import RULE_LABELS, ReportReason

DETAILS = 2000
MAX_SEQ = 2**62
SHOWN_OUTCOMES = [outcome for outcome in GateOutcome.choices if outcome[0] != GateOutcome.ENDED]


class ConversationSerializer(PlainSerializer):
    """A conversation as its reader may know it; `peer_id` is there while it runs revealed."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(State.choices)
    pseudonym = serializers.SerializerMethodField(help_text="The other's.")
    peer_id = serializers.SerializerMethodField()
    reveal_state = serializers.ChoiceField(RevealState.choices)
    paused = serializers.SerializerMethodField(help_text="Nothing can be said for now; it goes on, or ends.")
    last_seq = serializers.IntegerField()
    unread = serializers.IntegerField()
    last_activity_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()

    def get_pseudonym(self, conversation: Conversation) -> str:
        return conversation.pseudonym_of(conversation.other(self.context["viewer"]))

    def get_paused(self, conversation: Conversation) -> bool:
        return conversation.paused and conversation.state != State.CLOSED

    def get_peer_id(self, conversation: Conversation) -> str | None:
        shown = conversation.state == State.REVEALED
        return str(conversation.other(self.context["viewer"])) if shown else None


class GateSerializer(PlainSerializer):
    """A decision gate of a live conversation, with one's own vote; the other's is never told."""

    gate_minute = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    status = serializers.ChoiceField(WindowStatus.choices)
    outcome = serializers.ChoiceField(SHOWN_OUTCOMES, allow_null=True, help_text="Null until it is resolved.")
    decision = serializers.ChoiceField(Decision.choices, allow_null=True, help_text="One's own.")


class ConversationDetailSerializer(ConversationSerializer):
    """The same with its gates; only a live conversation has any, and ends by itself."""

    closes_at = serializers.DateTimeField(allow_null=True, help_text="When it ends unless both show themselves.")
    gates = serializers.SerializerMethodField()

    @extend_schema_field(GateSerializer(many=True))
    def get_gates(self, conversation: Conversation) -> list[dict[str, Any]]:
        return [dict(gate) for gate in GateSerializer(self.context["gates"], many=True).data]


class DecisionSerializer(StrictSerializer):
    gate_minute = serializers.IntegerField(min_value=1, max_value=1000)
    decision = serializers.ChoiceField(Decision.choices)


class DecidedSerializer(serializers.Serializer[Any]):
    """One's own vote and what came of the gate so far."""

    gate_minute = serializers.IntegerField()
    decision = serializers.ChoiceField(Decision.choices)
    status = serializers.ChoiceField(WindowStatus.choices)
    outcome = serializers.ChoiceField(SHOWN_OUTCOMES, allow_null=True, help_text="Null until it is resolved.")
    state = serializers.ChoiceField(State.choices)


class ConsentedSerializer(serializers.Serializer[Any]):
    reveal_state = serializers.ChoiceField(RevealState.choices)
    reveal_id = serializers.UUIDField()


class PanicSerializer(StrictSerializer):
    """Nothing has to be said, and nothing that is said keeps anybody from leaving: another `reason` than these is
    taken as `other`, longer `details` are cut, and what cannot be read counts as nothing said.
    """

    reason = serializers.ChoiceField(ReportReason.choices, default=ReportReason.OTHER)
    details = serializers.CharField(max_length=DETAILS, allow_blank=True, default="")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        said = data if isinstance(data, dict) else {}
        reason, details = said.get("reason"), said.get("details")
        return {
            "reason": ReportReason(reason) if reason in ReportReason.values else ReportReason.OTHER,
            "details": details.replace("\0", "").strip()[:DETAILS] if isinstance(details, str) else "",
        }


class LeftSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(State.choices)
    report_id = serializers.UUIDField()


class ImageSerializer(serializers.Serializer[Any]):
    """The picture of a message. The link is for its reader alone, and shows it while the conversation runs."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    link = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    """A `text`, or an `image` where the type is that; null is both when it was taken back."""

    message_id = serializers.UUIDField()
    seq = serializers.IntegerField()
    type = serializers.ChoiceField(MessageType.choices)
    sender = serializers.CharField(help_text="`me`, the other's pseudonym, or `connect` for an icebreaker.")
    from_me = serializers.BooleanField()
    text = serializers.CharField(allow_null=True)
    image = ImageSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    retracted = serializers.BooleanField()
    warning = serializers.ChoiceField(RULE_LABELS, allow_null=True, help_text="What to be careful of.")


class MessagePageSerializer(serializers.Serializer[Any]):
    """`last_seq` is the number up to which this answer is complete: ask on from there."""

    messages = MessageSerializer(many=True)
    last_seq = serializers.IntegerField()


class AfterSerializer(StrictSerializer):
    speaks_json = False

    after_seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=200, default=100)


class SendSerializer(StrictSerializer):
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    client_id = serializers.CharField(max_length=64, default=lambda: new_id().hex)


class NoticeSerializer(serializers.Serializer[Any]):
    """What somebody should know about a message of their own, in their language."""

    label = serializers.ChoiceField(RULE_LABELS)  # type: ignore[assignment]  # a field may be called label
    text = serializers.CharField()


class SentSerializer(serializers.Serializer[Any]):
    """A message that is held waits for a moderator: it has no `seq`, and the other knows nothing of it."""

    message_id = serializers.UUIDField()
    seq = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    status = serializers.ChoiceField(STATUSES)
    notice = NoticeSerializer(allow_null=True)


class ReadSerializer(StrictSerializer):
    seq = serializers.IntegerField(min_value=1, max_value=MAX_SEQ)


class MarkedSerializer(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text="How many messages were unread until now.")


class RetractedSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    retracted = serializers.BooleanField()


class EndedSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(State.choices)
