"""Conversations and messages in figures, and how far their jobs are behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from chat.enums import CloseReason, GateOutcome, Kind, RevealStatus, WindowStatus
from chat.models import Conversation, GateWindow, HeldMessage, Message, Reveal
from chat.models.conversation import TIMED
from config import clock, lag
from config.metrics import rows_made

LATELY = timedelta(hours=1)
JOBS = (
    lag.Kind("expire_reveals", Reveal, "expires_at", Q(status=RevealStatus.PENDING)),
    lag.Kind("open_gates", GateWindow, "opens_at", Q(status=WindowStatus.SCHEDULED)),
    lag.Kind("break_ice", Conversation, "icebreaker_due_at", Q(icebreaker_due_at__isnull=False)),
    lag.Kind("resolve_gates", GateWindow, "closes_at", Q(status=WindowStatus.OPEN)),
    lag.Kind("end_talks", Conversation, "closes_at", TIMED),
    lag.Kind("requeue_survivors", Conversation, "closed_at", ~Q(survivor="")),
)


def figures() -> Iterator[Metric]:
    """Of what is on record. Needs the service role."""
    yield from _of_messages()
    since = clock.now() - LATELY
    yield from _of_gates(since)
    live = GaugeMetricFamily("chat_live_conversations", "Live conversations that run, by state.", labels=["state"])
    running = Conversation.objects.open().filter(kind=Kind.LIVE).order_by()
    for state, count in running.values_list("state").annotate(n=Count("id")):
        live.add_metric([state], count)
    yield live
    panics = GaugeMetricFamily("chat_panic_exits", "Panic exits of the last hour, by kind.", labels=["kind"])
    left = Conversation.objects.filter(close_reason=CloseReason.PANIC_EXIT, closed_at__gt=since).order_by()
    found = dict(left.values_list("kind").annotate(n=Count("id")))
    for kind in Kind.values:
        panics.add_metric([kind], found.get(kind, 0))
    yield panics


def _of_messages() -> Iterator[Metric]:
    """Counted by PostgreSQL itself, at no cost to whoever talks; what was rolled back counts too."""
    yield CounterMetricFamily("chat_messages", "Messages, those held back too.", value=rows_made(Message))
    yield CounterMetricFamily("chat_messages_held", "Messages held back.", value=rows_made(HeldMessage))
    yield CounterMetricFamily("chat_conversations", "Conversations opened.", value=rows_made(Conversation))


def _of_gates(since: datetime) -> Iterator[Metric]:
    open_now = GateWindow.objects.filter(status=WindowStatus.OPEN).count()
    yield GaugeMetricFamily("chat_gates_open", "Decision gates that are open.", value=open_now)
    lately = GateWindow.objects.filter(resolved_at__gt=since).order_by()
    counts = dict(lately.values_list("outcome").annotate(n=Count("id")))
    resolved = GaugeMetricFamily("chat_gates_resolved", "Gates of the last hour, by outcome.", labels=["outcome"])
    for outcome in GateOutcome.values:
        resolved.add_metric([outcome], counts.get(outcome, 0))
    yield resolved


def declare() -> None:
    lag.register(*JOBS)
