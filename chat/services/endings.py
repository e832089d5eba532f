"""What it takes to end a conversation, whoever or whatever ends it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from chat import timeline
from chat.enums import CloseReason, EventType, Kind, RevealState, RevealStatus, State, WindowStatus
from chat.models import Conversation, ConversationEvent, GateWindow, Message, Reveal
from chat.services import holds, unveiling
from config import hints
from connect.realtime import publish
from matching.enums import MatchStatus, QueueReason
from matching.models import Match
from matching.services import queue

_BROKEN = {CloseReason.USER_END: QueueReason.LEFT, CloseReason.TIMEOUT: QueueReason.ABSENT}
"""What breaking a pairing by one's own choice is to the queue; getting out of it by a block or a report is nothing."""


def end(conversation: Conversation, reason: CloseReason, now: datetime, *, leaver: UUID | None = None) -> None:
    """End a running conversation that is locked with its people.

    Whom a `leaver` leaves behind before the first gate goes back into the queue.
    """
    if conversation.kind == Kind.LIVE:
        _end_gates(conversation, reason, leaver, now)
    conversation.state, conversation.close_reason, conversation.closed_at = State.CLOSED, reason, now
    events = [
        *_lapse_offers(conversation, now),
        timeline.append(conversation, EventType.STATE, data={"state": State.CLOSED}),
    ]
    conversation.save(update_fields=["state", "close_reason", "closed_at", "reveal_state", "last_seq", "survivor"])
    holds.reject_waiting(conversation, now)
    # In the order in which a block ends them, so that the frames do not tell one from the other.
    _end_match(conversation, now)
    for event in events:
        timeline.announce(conversation, event)


def _lapse_offers(conversation: Conversation, now: datetime) -> list[ConversationEvent]:
    """Where the two stood with showing themselves is over, and told of before the end."""
    if conversation.reveal_state != RevealState.PENDING:
        return []
    conversation.reveal_state = RevealState.EXPIRED
    pending = list(Reveal.objects.pending().filter(conversation=conversation))
    for reveal in pending:
        reveal.status, reveal.resolved_at = RevealStatus.EXPIRED, now
        reveal.save(update_fields=["status", "resolved_at"])
    return [unveiling.record(conversation, reveal, RevealState.EXPIRED, None) for reveal in pending]


def _end_gates(conversation: Conversation, reason: CloseReason, leaver: UUID | None, now: datetime) -> None:
    gates = GateWindow.objects.filter(conversation=conversation)
    begun = gates.filter(~Q(status=WindowStatus.SCHEDULED) | Q(opens_at__lte=now))
    young = conversation.state == State.ANONYMOUS and not begun.exists()
    if leaver and young:
        conversation.survivor = conversation.side_of(conversation.other(leaver))
        hints.after_commit("chat.tasks.requeue_survivors")
    if young:
        _note_broken(conversation, reason, leaver, now)
    gates.void(now)


def _note_broken(conversation: Conversation, reason: CloseReason, leaver: UUID | None, now: datetime) -> None:
    """Without a leaver whoever is absent is both of them."""
    missed = (conversation.user_a_id, conversation.user_b_id) if reason == CloseReason.TIMEOUT else ()
    if reason in _BROKEN and conversation.match_id:
        for person in (leaver,) if leaver else missed:
            queue.note_broken(match_id=conversation.match_id, by=person, reason=_BROKEN[reason], now=now)


def _end_match(conversation: Conversation, now: datetime) -> None:
    if conversation.match_id is None:
        return
    running = Match.objects.open().filter(id=conversation.match_id)
    wordless = conversation.kind == Kind.LIVE and not _said(conversation)
    if running.update(status=MatchStatus.CLOSED, ended_at=now, updated_at=now, wordless=wordless):
        data = {"match_id": str(conversation.match_id), "status": MatchStatus.CLOSED.value}
        publish([conversation.user_a_id, conversation.user_b_id], "match.updated", data)


def _said(conversation: Conversation) -> bool:
    return Message.objects.by_people().filter(conversation=conversation).exists()
