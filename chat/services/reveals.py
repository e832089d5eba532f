"""The mutual reveal: one offers, the other accepts, and both are seen; nobody is seen alone."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chat import timeline
from chat.enums import EventType, RevealState, RevealStatus, State
from chat.models import Conversation, ConversationEvent, Reveal
from chat.services import locks
from config.errors import NotYours, WrongState
from connect.enums import DisclosureLevel, DisclosureSource, NotificationType, RelatedType
from connect.realtime import publish
from connect.services import disclosures, notifications
from connect.services.notifications import Note
from matching.enums import MatchStatus, Origin
from matching.models import Match
from matching.services import connections
from safety.roles import as_service

BATCH = 500
_STATES = {
    RevealStatus.PENDING: RevealState.PENDING,
    RevealStatus.ACCEPTED: RevealState.MUTUAL,
    RevealStatus.DECLINED: RevealState.DECLINED,
    RevealStatus.WITHDRAWN: RevealState.NONE,
    RevealStatus.EXPIRED: RevealState.EXPIRED,
}


def request(*, conversation_id: UUID, by: UUID, now: datetime) -> Reveal:
    """Offer to reveal; meets the other's pending offer as its acceptance. Offering twice is once.

    Raises NotYours, WrongState (conversation_closed, reveal_not_possible, reveal_too_soon).
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        locks.refuse_unless_anonymous(conversation)
        pending = Reveal.objects.pending().filter(conversation=conversation, expires_at__gt=now).first()
        if pending is None:
            return _offer(conversation, by, now)
        if pending.requested_to_id == by:
            _become_mutual(conversation, pending, by, now)
        return pending


def withdraw(*, conversation_id: UUID, by: UUID, now: datetime) -> Reveal:
    """Take one's own pending offer back.

    Raises NotYours, WrongState (conversation_closed, reveal_not_pending).
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        locks.refuse_unless_open(conversation)
        reveal = Reveal.objects.pending().filter(conversation=conversation, requested_by=by).first()
        if reveal is None:
            raise _not_pending()
        _resolve(conversation, reveal, RevealStatus.WITHDRAWN, RevealState.NONE, by=by, at=now)
        return reveal


def accept(*, reveal_id: UUID, by: UUID, now: datetime) -> Reveal:
    """Say yes to the other's offer: both are revealed. Raises NotYours, WrongState (reveal_not_pending …)."""
    with as_service():
        conversation, reveal = _answerable(reveal_id, by, now)
        locks.refuse_unless_anonymous(conversation)
        _become_mutual(conversation, reveal, by, now)
        return reveal


def decline(*, reveal_id: UUID, by: UUID, now: datetime) -> Reveal:
    """Say no to the other's offer; the talk goes on. Raises NotYours, WrongState (reveal_not_pending …)."""
    with as_service():
        conversation, reveal = _answerable(reveal_id, by, now)
        _resolve(conversation, reveal, RevealStatus.DECLINED, RevealState.DECLINED, by=by, at=now)
        return reveal


def expire_overdue(*, now: datetime) -> int:
    """Let offers lapse that nobody answered in time; each in its own transaction. How many."""
    with transaction.atomic(), as_service():
        overdue = Reveal.objects.overdue(now).order_by("expires_at")
        found = list(overdue.values_list("id", "conversation_id")[:BATCH])
    return sum(_expire(reveal_id, conversation_id, now) for reveal_id, conversation_id in found)


def state_of(reveal: Reveal) -> RevealState:
    """Where the two stand by what came of this offer."""
    return _STATES[RevealStatus(reveal.status)]


def _expire(reveal_id: UUID, conversation_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            conversation = locks.pair_and_conversation(conversation_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        reveal = Reveal.objects.overdue(now).filter(id=reveal_id).first()
        if reveal is None:
            return False
        _resolve(conversation, reveal, RevealStatus.EXPIRED, RevealState.EXPIRED, by=None, at=reveal.expires_at)
        return True


def _answerable(reveal_id: UUID, by: UUID, now: datetime) -> tuple[Conversation, Reveal]:
    """The conversation and the offer, both locked, if the offer is still there for `by` to answer."""
    conversation_id = (
        Reveal.objects.filter(id=reveal_id, requested_to=by).values_list("conversation_id", flat=True).first()
    )
    if conversation_id is None:
        raise NotYours()
    conversation = locks.pair_and_conversation(conversation_id, by=by)
    locks.refuse_unless_open(conversation)
    reveal = Reveal.objects.pending().filter(id=reveal_id, expires_at__gt=now).first()
    if reveal is None:
        raise _not_pending()
    return conversation, reveal


def _offer(conversation: Conversation, by: UUID, now: datetime) -> Reveal:
    _refuse_too_soon(conversation, now)
    reveal = Reveal.objects.create(
        match=Match.objects.get(conversation=conversation),
        conversation=conversation,
        requested_by_id=by,
        requested_to_id=conversation.other(by),
        expires_at=now + settings.REVEAL_LIFETIME,
    )
    event = _record(conversation, reveal, RevealState.PENDING, by)
    conversation.save(update_fields=["reveal_state", "last_seq"])
    timeline.announce(conversation, event)
    notifications.send([_request_note(conversation, by)])
    return reveal


def _refuse_too_soon(conversation: Conversation, now: datetime) -> None:
    """An offer that has lapsed but was not swept yet still stands in the way, as it will once it is swept."""
    refused = [RevealStatus.DECLINED, RevealStatus.EXPIRED]
    reveals = Reveal.objects.filter(conversation=conversation)
    recent = reveals.filter(status__in=refused, resolved_at__gt=now - settings.REVEAL_PAUSE)
    if recent.exists() or reveals.pending().exists():
        raise WrongState("Give it some time before you ask again.", code="reveal_too_soon")


def _resolve(
    conversation: Conversation,
    reveal: Reveal,
    status: RevealStatus,
    state: RevealState,
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    reveal.status, reveal.resolved_at = status, at
    reveal.save(update_fields=["status", "resolved_at"])
    event = _record(conversation, reveal, state, by)
    conversation.save(update_fields=["reveal_state", "last_seq"])
    timeline.announce(conversation, event)


def _become_mutual(conversation: Conversation, reveal: Reveal, by: UUID, now: datetime) -> None:
    reveal.status, reveal.resolved_at = RevealStatus.ACCEPTED, now
    reveal.save(update_fields=["status", "resolved_at"])
    _connect(conversation, reveal, now)
    conversation.state, conversation.last_activity_at = State.REVEALED, now
    events = [
        _record(conversation, reveal, RevealState.MUTUAL, by),
        timeline.append(conversation, EventType.STATE, data={"state": State.REVEALED}),
    ]
    conversation.save(update_fields=["state", "reveal_state", "last_seq", "last_activity_at", "connection"])
    for event in events:
        timeline.announce(conversation, event)
    _tell_mutual(conversation)


def _connect(conversation: Conversation, reveal: Reveal, now: datetime) -> None:
    match = Match.objects.select_for_update(no_key=True).get(id=reveal.match_id)
    match.status = MatchStatus.REVEALED
    match.save(update_fields=["status", "updated_at"])
    first, second = conversation.user_a_id, conversation.user_b_id
    origin = Origin(match.pathway)
    conversation.connection = connections.form(first=first, second=second, origin=origin, match=match, now=now)
    disclosures.grant_mutual(
        first=first,
        second=second,
        level=DisclosureLevel.IDENTITY,
        source=DisclosureSource.REVEAL,
        source_id=reveal.id,
        now=now,
    )


def _record(conversation: Conversation, reveal: Reveal, state: RevealState, by: UUID | None) -> ConversationEvent:
    conversation.reveal_state = state
    data = {"reveal_state": state, "reveal_id": str(reveal.id)}
    side = conversation.side_of(by) if by else None
    return timeline.append(conversation, EventType.REVEAL, side=side, data=data)


def _not_pending() -> WrongState:
    return WrongState("There is no reveal request to answer.", code="reveal_not_pending")


def _request_note(conversation: Conversation, by: UUID) -> Note:
    return Note(
        user_id=conversation.other(by),
        type=NotificationType.REVEAL_REQUESTED,
        title="A reveal request",
        message=f"{conversation.pseudonym_of(by)} would like you both to see each other.",
        related_id=conversation.id,
        related_type=RelatedType.CONVERSATION,
    )


def _tell_mutual(conversation: Conversation) -> None:
    people = [conversation.user_a_id, conversation.user_b_id]
    data = {"match_id": str(conversation.match_id), "status": MatchStatus.REVEALED.value}
    publish(people, "match.updated", data)
    notifications.send(_mutual_note(person, conversation) for person in people)


def _mutual_note(person: UUID, conversation: Conversation) -> Note:
    return Note(
        user_id=person,
        type=NotificationType.REVEAL_MUTUAL,
        title="You can see each other now",
        message=f"You and {conversation.pseudonym_of(conversation.other(person))} revealed yourselves.",
        related_id=conversation.id,
        related_type=RelatedType.CONVERSATION,
    )
