"""Messages in figures, and how far the jobs of conversations are behind."""

from collections.abc import Iterator

from django.db.models import Q
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily

from chat.enums import RevealStatus
from chat.models import Conversation, HeldMessage, Message, Reveal
from config import lag
from config.lag import Kind
from config.metrics import rows_made

KINDS = (Kind("expire_reveals", Reveal, "expires_at", Q(status=RevealStatus.PENDING)),)


def figures() -> Iterator[Metric]:
    """Counted by PostgreSQL itself, at no cost to whoever talks; what was rolled back counts too."""
    yield CounterMetricFamily("chat_messages", "Messages, those held back too.", value=rows_made(Message))
    yield CounterMetricFamily("chat_messages_held", "Messages held back.", value=rows_made(HeldMessage))
    yield CounterMetricFamily("chat_conversations", "Conversations opened.", value=rows_made(Conversation))


def declare() -> None:
    lag.register(*KINDS)
