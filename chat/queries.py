"""Reads that span several models."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from chat import images
from chat.enums import GateOutcome, Kind, MessageType, RevealState, State, WindowStatus
from chat.models import Conversation, DecisionGate, GateWindow, Message, Reveal
from chat.sealing import Box
from config.api.pagination import below
from config.errors import NotYours
from config.prepared import Prepared
from connect.enums import UserStatus
from connect.models import ConnectProfile, DeviceSession
from matching.models import Connection
from matching.queries import stage as matching_stage
from safety.models import Block
from safety.roles import as_service

BY_WORDS = ("last_activity_at", "id")
_LIVE = Prepared(
    lambda ids, now: (
        DeviceSession.objects.live(now)
        .filter(id__any=ids, user__status=UserStatus.ACTIVE)
        .exclude(user__suspended_until__gt=now)
        .only("id")
    )
)

_ACTIVE = Prepared(lambda user_id: ConnectProfile.objects.active().filter(user=user_id).only("id"))
_OF_MATCH = Prepared(lambda user_id, match_id: Conversation.objects.of(user_id).with_apart().filter(match=match_id))


@dataclass(frozen=True)
class Line:
    """A message as one of the two people reads it; `image` instead of a text where it is a picture."""

    message_id: UUID
    seq: int
    type: str
    sender: str
    from_me: bool
    text: str | None
    image: dict[str, Any] | None
    created_at: datetime
    read_at: datetime | None
    retracted: bool
    warning: str | None


@dataclass(frozen=True)
class Gate:
    """A decision gate as one of the two may know it; `decision` is their own."""

    gate_minute: int
    opens_at: datetime
    closes_at: datetime
    status: str
    outcome: str | None
    decision: str | None


@dataclass(frozen=True)
class Current:
    """Where a person stands in the Connect flow."""

    stage: str
    match_id: UUID | None = None
    blind_chat_id: UUID | None = None
    reveal_state: str | None = None
    reveal_id: UUID | None = None


def conversation_of(user_id: UUID, conversation_id: UUID) -> Conversation:
    """One's own conversation. Raises NotYours."""
    return mine(Conversation.objects.of(user_id).with_apart().filter(id=conversation_id))


def conversation_of_match(user_id: UUID, match_id: UUID) -> Conversation:
    """One's own conversation by its match. Raises NotYours."""
    return mine(Conversation.objects.of(user_id).with_apart().filter(match=match_id))


def id_of_match(match_id: UUID) -> UUID | None:
    """Where the two people of a match talk. Needs the service role."""
    return Conversation.objects.filter(match=match_id).values_list("id", flat=True).first()


def mine(found: QuerySet[Conversation]) -> Conversation:
    """The one conversation of a query, as its people see it. Raises NotYours."""
    with as_service():
        conversation = found.first()
    if conversation is None:
        raise NotYours()
    return _as_seen(conversation)


def gates(conversation: Conversation, *, viewer: UUID) -> list[Gate]:
    """The gates of one's own conversation in order; no query for one that has none."""
    if conversation.kind != Kind.LIVE:
        return []
    own = DecisionGate.objects.filter(conversation=conversation, gate_minute=OuterRef("gate_minute"), user=viewer)
    decided = Subquery(own.values("decision"))
    with as_service():
        windows = list(GateWindow.objects.filter(conversation=conversation).annotate(own=decided).order_by("opens_at"))
    return [_gate(conversation, window, window.own) for window in windows]


def _gate(conversation: Conversation, window: GateWindow, own: str | None) -> Gate:
    """Of a talk that has ended nothing more is to be decided, whatever its rows still say."""
    over = conversation.state == State.CLOSED and window.status != WindowStatus.RESOLVED
    status = WindowStatus.RESOLVED if over else WindowStatus(window.status)
    outcome = GateOutcome.VOID.value if over else window.shown_outcome
    return Gate(window.gate_minute, window.opens_at, window.closes_at, status, outcome or None, own)


def listed(user_id: UUID) -> QuerySet[Conversation]:
    """A person's conversations with `unread`, the number of messages waiting; none wait in an ended one.

    To be read as the service.
    """
    waiting = Message.objects.filter(conversation=OuterRef("pk")).waiting()
    counted = waiting.exclude(sender=user_id).order_by().values("conversation").annotate(n=Count("*"))
    number = Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), Value(0))
    unread = Case(When(state=State.CLOSED, then=Value(0)), default=number)
    return Conversation.objects.of(user_id).with_apart().annotate(unread=unread)


def listed_page(user_id: UUID, after: Sequence[str] | None, limit: int) -> list[Conversation]:
    """The first of `listed`, those with the newest words first, that come after a position in this order."""
    with as_service():
        if after is None:
            found = _first_page(limit).all(user_id=user_id)
        else:
            found = _next_page(limit).all(user_id=user_id, at=after[0], id=after[1])
    return [_as_seen(conversation) for conversation in found]


@cache
def _first_page(limit: int) -> Prepared[Conversation]:
    return Prepared(lambda user_id: _newest_words(listed(user_id))[:limit])


@cache
def _next_page(limit: int) -> Prepared[Conversation]:
    return Prepared(lambda user_id, at, id: _newest_words(listed(user_id).filter(below(BY_WORDS, [at, id])))[:limit])


def _newest_words(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.order_by(*(f"-{name}" for name in BY_WORDS))


def lines(conversation: Conversation, *, viewer: UUID, after_seq: int, limit: int) -> tuple[list[Line], int]:
    """Messages after a number in order, and the number up to which the answer is complete. One query."""
    later = Message.objects.filter(conversation=conversation, seq__gt=after_seq).order_by("seq")
    found = list(later[:limit])
    box = Box(conversation)
    read = [_line(conversation, box, message, viewer) for message in found]
    last = found[-1].number if found else 0
    return read, last if len(found) == limit else max(last, conversation.last_seq)


def connected_to(user_id: UUID, among: Collection[UUID] | None = None) -> set[UUID]:
    """Whom a person has a standing connection with and no block; needs the service's rights."""
    edges = Connection.objects.of(user_id).standing()
    low_high = edges.values_list("user_low_id", "user_high_id")
    others = {low if high == user_id else high for low, high in low_high}
    if among is not None:
        others &= set(among)
    blocked = Block.objects.touching([user_id]).values_list("blocker_id", "blocked_id") if others else []
    return others - {person for pair in blocked for person in pair}


def live_sessions(session_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of the device sessions that may still hold a socket; needs the service's rights."""
    return {session.id for session in _LIVE.all(ids=list(session_ids), now=now)}


def is_active(user_id: UUID) -> bool:
    """Whether the person has opted in."""
    return bool(_ACTIVE.all(user_id=user_id))


def current(user_id: UUID) -> Current:
    """The person's stage in the Connect flow: matching's, and within a chat ours."""
    with as_service():
        found = matching_stage(user_id)
        if found.stage != "chat":
            return Current(found.stage, found.match_id)
        conversation = _OF_MATCH.first(user_id=user_id, match_id=found.match_id)
    if conversation is None or _as_seen(conversation).state == State.CLOSED:
        return Current("waiting")
    stage = _STAGES.get(RevealState(conversation.reveal_state), "blind_chat")
    reveal_id = pending_reveal(conversation) if stage == "reveal_pending" else None
    return Current(stage, found.match_id, conversation.id, conversation.reveal_state, reveal_id)


def pending_reveal(conversation: Conversation) -> UUID | None:
    """The offer that waits for an answer."""
    pending = Reveal.objects.pending().filter(conversation=conversation)
    return pending.values_list("id", flat=True).first()


def _as_seen(conversation: Conversation) -> Conversation:
    """To its people a conversation is over as soon as one of them blocked the other. To be read, not to be saved."""
    if conversation.apart and conversation.state != State.CLOSED:
        conversation.state = State.CLOSED
        if conversation.reveal_state == RevealState.PENDING:
            conversation.reveal_state = RevealState.EXPIRED
        if hasattr(conversation, "unread"):
            conversation.unread = 0
    if conversation.state == State.CLOSED:
        conversation.closes_at = None
    return conversation


_STAGES = {RevealState.PENDING: "reveal_pending", RevealState.MUTUAL: "revealed"}


def _line(conversation: Conversation, box: Box, message: Message, viewer: UUID) -> Line:
    mine, text = message.sender_id == viewer, box.open(message)
    is_image = message.type == MessageType.IMAGE
    return Line(
        message_id=message.id,
        seq=message.number,
        type=message.type,
        sender="me" if mine else conversation.pseudonym_of(message.sender_id),
        from_me=mine,
        text=None if is_image else text,
        image=images.shown(message.id, text, viewer) if is_image and text else None,
        created_at=message.sent_at,
        read_at=message.read_at,
        retracted=message.retracted_at is not None,
        warning=None if mine else message.warning,
    )
