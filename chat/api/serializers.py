"""What the calls of conversations take and give."""

from typing import Any

from rest_framework import serializers

from chat.enums import Kind, RevealState, State
from chat.models import Conversation
from chat.services.receipts import STATUSES
from config.api.serializers import PlainSerializer, StrictSerializer
from config.db import new_id
from safety.enums import RULE_LABELS

MAX_SEQ = 2**62


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


class MessageSerializer(serializers.Serializer[Any]):
    message_id = serializers.UUIDField()
    seq = serializers.IntegerField()
    sender = serializers.CharField(help_text="`me`, or the other's pseudonym.")
    from_me = serializers.BooleanField()
    text = serializers.CharField(allow_null=True)
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
