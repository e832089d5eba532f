"""Live conversations in figures."""

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from chat.enums import CloseReason, GateOutcome, Kind, State, WindowStatus
from chat.models import Conversation, GateWindow


def figures() -> Iterator[Metric]:
    """Of what is on record. Needs the service role."""
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


def _of_gates() -> Iterator[Metric]:
    names = {outcome: Count("id", filter=Q(outcome=outcome)) for outcome in GateOutcome.values}
    counts = GateWindow.objects.aggregate(open=Count("id", filter=Q(status=WindowStatus.OPEN)), **names)
    yield GaugeMetricFamily("chat_gates_open", "Decision gates that are open.", value=counts["open"])
    resolved = GaugeMetricFamily("chat_gates_resolved", "Decision gates on record, by outcome.", labels=["outcome"])
    for outcome in GateOutcome.values:
        resolved.add_metric([outcome], counts[outcome])
    yield resolved
