"""What happens when two people show themselves to each other; both are locked with their conversation."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from chat import timeline
from chat.enums import EventType, GateOutcome, Kind, RevealState, RevealStatus, State
from chat.models import Conversation, ConversationEvent, GateWindow, Reveal
from chat.services import windows
from connect.enums import DisclosureLevel, DisclosureSource, NotificationType, RelatedType
from connect.realtime import publish
from connect.services import disclosures, notifications
from connect.services.notifications import Note
from matching.enums import MatchStatus, Origin
from matching.models import Match
from matching.services import connections


def together(conversation: Conversation, *, first: UUID, now: datetime) -> None:
    """Both said yes at a gate, `first` before the other; an offer that stands is accepted by it."""
    reveal = Reveal.objects.pending().filter(conversation=conversation).first()
    if reveal is None:
        # What a gate decided goes the way of an offer, in the same moment.
        conversation.reveal_state = RevealState.PENDING
        conversation.save(update_fields=["reveal_state"])
        reveal = offer(conversation, first, now)
    become_mutual(conversation, reveal, None, now)


def become_mutual(conversation: Conversation, reveal: Reveal, by: UUID | None, now: datetime) -> None:
    """The offer is accepted: both are connected and shown; `by` None is a gate."""
    reveal.status, reveal.resolved_at = RevealStatus.ACCEPTED, now
    reveal.save(update_fields=["status", "resolved_at"])
    _connect(conversation, reveal, now)
    conversation.state, conversation.last_activity_at, conversation.closes_at = State.REVEALED, now, None
    events = [
        *_end_of_gates(conversation, now),
        record(conversation, reveal, RevealState.MUTUAL, by),
        timeline.append(conversation, EventType.STATE, data={"state": State.REVEALED}),
    ]
    conversation.save(
        update_fields=["state", "reveal_state", "last_seq", "last_activity_at", "connection", "closes_at"]
    )
    for event in events:
        timeline.announce(conversation, event)
    _tell_mutual(conversation)


def record(conversation: Conversation, reveal: Reveal, state: RevealState, by: UUID | None) -> ConversationEvent:
    """The event of an offer that moved on; the caller saves the conversation."""
    conversation.reveal_state = state
    data = {"reveal_state": state, "reveal_id": str(reveal.id)}
    side = conversation.side_of(by) if by else None
    return timeline.append(conversation, EventType.REVEAL, side=side, data=data)


def offer(conversation: Conversation, by: UUID, now: datetime) -> Reveal:
    """The row of an offer that is made now."""
    return Reveal.objects.create(
        match=Match.objects.get(conversation=conversation),
        conversation=conversation,
        requested_by_id=by,
        requested_to_id=conversation.other(by),
        expires_at=now + settings.REVEAL_LIFETIME,
    )


def _end_of_gates(conversation: Conversation, now: datetime) -> list[ConversationEvent]:
    """There is nothing left to decide at any gate; an open one is told of."""
    if conversation.kind != Kind.LIVE:
        return []
    window = windows.open_one(conversation)
    told = [windows.resolve(conversation, window, GateOutcome.REVEALED, now)] if window else []
    GateWindow.objects.filter(conversation=conversation).void(now)
    return told


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
