"""Conversations and messages in figures, and how far their jobs are behind."""

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from chat.enums import CloseReason, GateOutcome, Kind, RevealStatus, State, WindowStatus
from chat.models import Conversation, GateWindow, HeldMessage, Message, Reveal
from config import lag
from config.metrics import rows_made

JOBS = (
    lag.Kind("expire_reveals", Reveal, "expires_at", Q(status=RevealStatus.PENDING)),
    lag.Kind("open_gates", GateWindow, "opens_at", Q(status=WindowStatus.SCHEDULED)),
    lag.Kind("resolve_gates", GateWindow, "closes_at", Q(status=WindowStatus.OPEN)),
)


def figures() -> Iterator[Metric]:
    """Of what is on record. Needs the service role."""
    yield from _of_messages()
    yield from _of_gates()
    live = GaugeMetricFamily("chat_live_conversations", "Live conversations on record, by state.", labels=["state"])
    states = Conversation.objects.filter(kind=Kind.LIVE).order_by().values_list("state").annotate(n=Count("id"))
    for state, count in states:
        live.add_metric([state], count)
    yield live
    panics = GaugeMetricFamily("chat_panic_exits", "Conversations left in a panic, by kind.", labels=["kind"])
    left = Conversation.objects.filter(state=State.CLOSED, close_reason=CloseReason.PANIC_EXIT).order_by()
    found = dict(left.values_list("kind").annotate(n=Count("id")))
    for kind in Kind.values:
        panics.add_metric([kind], found.get(kind, 0))
    yield panics


def _of_messages() -> Iterator[Metric]:
    """Counted by PostgreSQL itself, at no cost to whoever talks; what was rolled back counts too."""
    yield CounterMetricFamily("chat_messages", "Messages, those held back too.", value=rows_made(Message))
    yield CounterMetricFamily("chat_messages_held", "Messages held back.", value=rows_made(HeldMessage))
    yield CounterMetricFamily("chat_conversations", "Conversations opened.", value=rows_made(Conversation))


def _of_gates() -> Iterator[Metric]:
    names = {outcome: Count("id", filter=Q(outcome=outcome)) for outcome in GateOutcome.values}
    counts = GateWindow.objects.aggregate(open=Count("id", filter=Q(status=WindowStatus.OPEN)), **names)
    yield GaugeMetricFamily("chat_gates_open", "Decision gates that are open.", value=counts["open"])
    resolved = GaugeMetricFamily("chat_gates_resolved", "Decision gates on record, by outcome.", labels=["outcome"])
    for outcome in GateOutcome.values:
        resolved.add_metric([outcome], counts[outcome])
    yield resolved


def declare() -> None:
    lag.register(*JOBS)
