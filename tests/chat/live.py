"""Two people in a live conversation, at the minutes of its clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from chat.enums import Decision, State
from chat.models import Conversation, ConversationEvent, GateWindow
from chat.services import gates, live, reveals
from chat.services.gates import Stand
from matching.enums import MatchStatus, Pathway
from matching.models import Match
from tests.chat.people import Two, make_user

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Pair(Two):
    """`minute` is a moment of the talk, which began at `began`."""

    began: datetime

    def minute(self, number: float) -> datetime:
        return self.began + timedelta(minutes=number)

    @property
    def windows(self) -> dict[int, tuple[str, str]]:
        rows = GateWindow.objects.filter(conversation=self.conversation).order_by("opens_at")
        return {row.gate_minute: (row.status, row.outcome) for row in rows}

    @property
    def state(self) -> State:
        return State(self.fresh().state)

    def sweep(self, minute: float) -> int:
        return gates.sweep(now=self.minute(minute))

    def decide(self, by: UUID, decision: Decision, minute: float, gate: int = 10) -> Stand:
        with transaction.atomic():
            return gates.decide(
                conversation_id=self.conversation.id,
                by=by,
                gate_minute=gate,
                decision=decision,
                now=self.minute(minute),
            )

    def consent(self, by: UUID, minute: float) -> str:
        with transaction.atomic():
            reveal = reveals.request(conversation_id=self.conversation.id, by=by, now=self.minute(minute))
        return reveals.state_of(reveal)

    def told(self) -> list[tuple[str, str]]:
        """What happened, as far as it is told, in order: the type of each event and what it brought."""
        events = ConversationEvent.objects.filter(conversation=self.conversation).order_by("seq")
        return [(event.type, _gist(event)) for event in events]


def make_live_match(first: UUID, second: UUID) -> Match:
    low, high = sorted((first, second))
    return Match.objects.create(
        user_a_id=low,
        user_b_id=high,
        pathway=Pathway.LIVE,
        status=MatchStatus.ACCEPTED_BOTH,
        total_score=70,
        engine_version="test",
        weight_profile="friendship",
        expires_at=BEGAN + timedelta(hours=72),
    )


def make_pair(first: UUID | None = None, second: UUID | None = None, *, began: datetime = BEGAN) -> Pair:
    match = make_live_match(first or make_user().id, second or make_user().id)
    with transaction.atomic():
        (conversation,) = live.open(matches=[match], now=began)
    return Pair(match.user_a_id, match.user_b_id, match, Conversation.objects.get(id=conversation.id), began)


def _gist(event: ConversationEvent) -> str:
    data = event.data
    if event.type == "gate":
        return f"{data['gate_minute']} {data.get('outcome') or data['happened']}"
    return str(data.get("state") or data.get("reveal_state") or "")
