"""The gates of one live conversation, which the caller has locked: planned, opened, resolved."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from chat import timeline
from chat.enums import EventType, GateOutcome, State, WindowStatus
from chat.models import Conversation, ConversationEvent, GateWindow
from config import bulk
from config.db import new_id


def times(begins: datetime) -> list[tuple[int, datetime, datetime]]:
    """Each gate's minute, and when it opens and closes in a talk that begins then."""
    length = _scaled(settings.LIVE_GATE_WINDOW)
    opens = [(minute, begins + _scaled(timedelta(minutes=minute))) for minute in settings.LIVE_GATES]
    return [(minute, at, at + length) for minute, at in opens]


def plan(conversations: Iterable[Conversation], planned: Sequence[tuple[int, datetime, datetime]]) -> None:
    """The same gates for each of these."""
    rows = [
        {
            "id": new_id(),
            "conversation_id": conversation.id,
            "gate_minute": minute,
            "opens_at": opens_at,
            "closes_at": closes_at,
        }
        for conversation in conversations
        for minute, opens_at, closes_at in planned
    ]
    bulk.insert(GateWindow, rows)


def start(conversation: Conversation, window: GateWindow) -> None:
    """Ask the two; the talk goes on meanwhile."""
    window.status, conversation.state = WindowStatus.OPEN, State.DECISION_GATE
    window.save(update_fields=["status"])
    times = {"opens_at": window.opens_at.isoformat(), "closes_at": window.closes_at.isoformat()}
    event = _record(conversation, window, {"happened": "opened"} | times)
    conversation.save(update_fields=["state", "last_seq"])
    timeline.announce(conversation, event)


def go_on(conversation: Conversation, window: GateWindow, at: datetime) -> None:
    """Nobody ended it and not both want to show themselves."""
    event = resolve(conversation, window, GateOutcome.WENT_ON, at)
    conversation.state = State.ANONYMOUS
    conversation.save(update_fields=["state", "last_seq"])
    timeline.announce(conversation, event)


def resolve(conversation: Conversation, window: GateWindow, outcome: GateOutcome, at: datetime) -> ConversationEvent:
    """The event of it; the caller saves the conversation and tells of both."""
    settle(window, outcome, at)
    return _record(conversation, window, {"happened": "resolved", "outcome": outcome})


def settle(window: GateWindow, outcome: GateOutcome, at: datetime) -> None:
    """The same without a word: of a talk that ends, its people learn that it ended and no more."""
    window.status, window.outcome, window.resolved_at = WindowStatus.RESOLVED, outcome, at
    window.save(update_fields=["status", "outcome", "resolved_at"])


def open_one(conversation: Conversation) -> GateWindow | None:
    return GateWindow.objects.filter(conversation=conversation, status=WindowStatus.OPEN).first()


def _record(conversation: Conversation, window: GateWindow, data: dict[str, Any]) -> ConversationEvent:
    return timeline.append(conversation, EventType.GATE, data={"gate_minute": window.gate_minute} | data)


def _scaled(length: timedelta) -> timedelta:
    scale: float = settings.LIVE_TIME_SCALE
    return length / scale
