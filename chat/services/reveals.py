"""The mutual reveal: one offers, the other accepts, and both are seen; nobody is seen alone."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from chat import timeline
from chat.enums import RevealState, RevealStatus
from chat.models import Conversation, Reveal
from chat.services import gates, locks, unveiling
from config import isolation
from config.errors import NotYours, WrongState
from connect.enums import NotificationType, RelatedType
from connect.services import notifications
from connect.services.notifications import Note
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

    While a gate is open it counts there as a yes, and the answer may be that both are revealed already. Who took one
    back waits before the next, of which the other is not notified again within the pause.

    Raises NotYours, WrongState (conversation_closed, reveal_not_possible, reveal_too_soon).
    """
    with as_service():
        conversation = locks.pair_and_conversation(conversation_id, by=by)
        gates.catch_up(conversation, now)
        locks.refuse_unless_anonymous(conversation)
        pending = Reveal.objects.pending().filter(conversation=conversation, expires_at__gt=now).first()
        if pending is None:
            return _offer(conversation, by, now)
        if pending.requested_to_id == by:
            unveiling.become_mutual(conversation, pending, by, now)
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
        gates.catch_up(conversation, now)
        locks.refuse_unless_anonymous(conversation)
        unveiling.become_mutual(conversation, reveal, by, now)
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
        overdue = Reveal.objects.overdue(now).order_by("?")
        found = list(overdue.values_list("id", "conversation_id")[:BATCH])
    return isolation.each(_expire, ((*row, now) for row in found), failed="reveal_not_expired")


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
    own = Reveal.objects.filter(conversation=conversation, requested_by=by, status=RevealStatus.WITHDRAWN)
    taken_back = own.aggregate(last=Max("resolved_at"))["last"]
    _refuse_too_soon(conversation, taken_back, now)
    reveal = unveiling.offer(conversation, by, now)
    event = unveiling.record(conversation, reveal, RevealState.PENDING, by)
    conversation.save(update_fields=["reveal_state", "last_seq"])
    timeline.announce(conversation, event)
    if gates.settle_if_decided(conversation, now):
        reveal.refresh_from_db()
        return reveal
    if taken_back is None or taken_back <= now - settings.REVEAL_PAUSE:
        notifications.send([_request_note(conversation, by)])
    return reveal


def _refuse_too_soon(conversation: Conversation, taken_back: datetime | None, now: datetime) -> None:
    """An offer that has lapsed but was not swept yet still stands in the way, as it will once it is swept."""
    refused = [RevealStatus.DECLINED, RevealStatus.EXPIRED]
    reveals = Reveal.objects.filter(conversation=conversation)
    recent = reveals.filter(status__in=refused, resolved_at__gt=now - settings.REVEAL_PAUSE)
    hasty = taken_back is not None and taken_back > now - settings.REVEAL_ASK_AGAIN
    if hasty or recent.exists() or reveals.pending().exists():
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
    event = unveiling.record(conversation, reveal, state, by)
    conversation.save(update_fields=["reveal_state", "last_seq"])
    timeline.announce(conversation, event)


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
