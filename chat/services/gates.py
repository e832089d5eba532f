"""Decision gates: at set minutes of a live conversation each of the two decides, and neither sees what the other did.

The clock works through rows: whoever comes to a conversation first, the sweeper or one of the two, walks what is due in
its order, so that a late sweep or a second one leaves it as one in time would have.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chat import talks
from chat.enums import CloseReason, Decision, GateOutcome, Kind, State, WindowStatus
from chat.models import Conversation, DecisionGate, GateWindow, Reveal
from chat.services import endings, locks, unveiling, windows
from config import isolation
from config.errors import NotYours, WrongState
from matching.services import talk_credits
from safety.roles import as_service

BATCH = 500
_TIMED = {State.ANONYMOUS, State.DECISION_GATE}


@dataclass(frozen=True)
class Stand:
    """One's own vote, and what came of the gate so far; to both, what ended the talk is no outcome."""

    gate_minute: int
    decision: str
    status: str
    outcome: str | None
    state: str


def decide(*, conversation_id: UUID, by: UUID, gate_minute: int, decision: Decision, now: datetime) -> Stand:
    """Say once what one wants at the gate that is open; the same said again is that.

    Two who both want to be shown are, a wish to end ends it at once, else the talk goes on. Raises NotYours,
    WrongState (gate_not_open, gate_decided, conversation_closed, conversation_paused).
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        said = DecisionGate.objects.filter(conversation=conversation, gate_minute=gate_minute, user=by).first()
        if said and said.decision != decision:
            raise WrongState("You have decided at this gate.", code="gate_decided")
        if said is None:
            _decide(conversation, by, gate_minute, decision, now)
        return _stand(conversation, gate_minute, decision)


def settle_if_decided(conversation: Conversation, now: datetime) -> bool:
    """Resolve the gate that is open in a locked conversation as soon as both want something; whether it did."""
    window = windows.open_one(conversation) if conversation.state == State.DECISION_GATE else None
    wanted = _wanted(conversation, window, now) if window else {}
    if window is None or len(wanted) < 2:
        return False
    if set(wanted.values()) == {Decision.REVEAL_YES}:
        unveiling.together(conversation, first=next(iter(wanted)), now=now)
    else:
        windows.go_on(conversation, window, now)
    return True


def catch_up(conversation: Conversation, now: datetime) -> None:
    """Walk what is due by now in a locked conversation; nothing, and no query, for one without gates."""
    if conversation.kind != Kind.LIVE or conversation.state not in _TIMED:
        return
    for window in GateWindow.objects.filter(conversation=conversation).unresolved().order_by("opens_at"):
        _pass(conversation, window, now)
    if conversation.closes_at and conversation.closes_at <= now:
        _finish(conversation, conversation.closes_at)


def sweep(*, now: datetime) -> int:
    """Open, resolve and end what is due; each conversation in its own transaction. How many."""
    with transaction.atomic(), as_service():
        due = set(GateWindow.objects.due(now).order_by("?").values_list("conversation", flat=True)[:BATCH])
        over = Conversation.objects.timed().filter(closes_at__lte=now).order_by("?")
        due.update(over.values_list("id", flat=True)[:BATCH])
    rows = ((conversation_id, now) for conversation_id in sorted(due))
    return isolation.each(walk, rows, failed="gate_not_walked")


def walk(conversation_id: UUID, now: datetime) -> bool:
    """Walk what is due in a conversation, in its own transaction; whether there was anything."""
    with transaction.atomic(), as_service():
        try:
            conversation = locks.pair_and_conversation(conversation_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        before = conversation.last_seq
        catch_up(conversation, now)
        return conversation.last_seq > before


def _finish(conversation: Conversation, at: datetime) -> None:
    """Through all gates and not shown: it ends, and was a good one where both said something."""
    talk = talks.found(conversation.match_id) if conversation.match_id else None
    if conversation.match and talk and talk.mutual:
        talk_credits.give(match=conversation.match, now=at)
    endings.end(conversation, CloseReason.TIMEOUT, at)


def _pass(conversation: Conversation, window: GateWindow, now: datetime) -> None:
    """A gate at which nobody can have decided yet opens; whose time is up is resolved: two yes would have been."""
    if window.status == WindowStatus.SCHEDULED and window.opens_at <= now:
        windows.start(conversation, window)
    if window.status == WindowStatus.OPEN and window.closes_at <= now:
        windows.go_on(conversation, window, window.closes_at)


def _decide(conversation: Conversation, by: UUID, gate_minute: int, decision: Decision, now: datetime) -> None:
    catch_up(conversation, now)
    locks.refuse_unless_open(conversation)
    window = windows.open_one(conversation) if conversation.state == State.DECISION_GATE else None
    if window is None or window.gate_minute != gate_minute:
        raise WrongState("This gate is not open.", code="gate_not_open")
    if decision != Decision.END_CHAT:
        locks.refuse_if_mute(conversation)
    DecisionGate.objects.create(
        conversation=conversation, gate_minute=gate_minute, user_id=by, decision=decision, decided_at=now
    )
    if decision == Decision.END_CHAT:
        windows.settle(window, GateOutcome.ENDED, now)
        endings.end(conversation, CloseReason.USER_END, now)
    else:
        settle_if_decided(conversation, now)


def _wanted(conversation: Conversation, window: GateWindow, now: datetime) -> dict[UUID, Decision]:
    """What each wants, who said so first before the other.

    A standing offer is a yes of who has said nothing else, where it meets a yes: to anything else its person may still
    say what they want at this gate, and so the other learns nothing of it.
    """
    votes = DecisionGate.objects.filter(conversation=conversation, gate_minute=window.gate_minute)
    said = {vote.user_id: Decision(vote.decision) for vote in votes.order_by("decided_at", "id")}
    offer = Reveal.objects.pending().filter(conversation=conversation, expires_at__gt=now).first()
    if offer is not None and set(said.values()) == {Decision.REVEAL_YES}:
        said.setdefault(offer.requested_by_id, Decision.REVEAL_YES)
    return said


def _stand(conversation: Conversation, gate_minute: int, decision: Decision) -> Stand:
    window = GateWindow.objects.get(conversation=conversation, gate_minute=gate_minute)
    return Stand(gate_minute, decision, window.status, window.shown_outcome or None, conversation.state)
