"""Taking hold of a conversation.

Whatever touches more than its own row (its match, its reveal) locks its two people first, in id order.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from chat.enums import Kind, State
from chat.models import Conversation
from config.errors import NotYours, WrongState
from config.prepared import Prepared
from safety.services.blocks import lock_pair

_LOCKED = Prepared(lambda id, by: Conversation.objects.of(by).with_apart().filter(id=id).select_for_update(no_key=True))

_FREE = Prepared(
    lambda ids: (
        Conversation.objects.with_apart()
        .filter(id__any=ids)
        .order_by("id")
        .select_for_update(no_key=True, skip_locked=True)
    )
)


def conversation(conversation_id: UUID, *, by: UUID) -> Conversation:
    """The row locked, nothing else. Raises NotYours."""
    found = _LOCKED.first(id=conversation_id, by=by)
    if found is None:
        raise NotYours()
    return found


def free_conversations(conversation_ids: Iterable[UUID]) -> dict[UUID, Conversation]:
    """Those of the rows that nobody else holds, locked in the order of their ids."""
    return {found.id: found for found in _FREE.all(ids=list(conversation_ids))}


def pair_and_conversation(conversation_id: UUID, *, by: UUID | None) -> Conversation:
    """Both people locked in id order, then the row; `by` None is the system. Raises NotYours."""
    mine = Conversation.objects.of(by) if by else Conversation.objects.all()
    people = mine.filter(id=conversation_id).values_list("user_a_id", "user_b_id").first()
    if people is None:
        raise NotYours()
    lock_pair(*people)
    return Conversation.objects.with_apart().select_for_update(no_key=True).get(id=conversation_id)


def shut(found: Conversation) -> WrongState | None:
    """What to refuse a conversation with in which nobody may write.

    A block ends it at once, whatever its state still says.
    """
    if found.state == State.CLOSED or found.apart:
        return _ended()
    if found.state == State.LOCKED:
        return WrongState("This conversation is not open yet.", code="conversation_locked")
    return None


def mute(found: Conversation) -> WrongState | None:
    """What to refuse a conversation with in which nobody may say anything: shut, or waiting for one who is leaving.

    Who of the two that is, it does not say.
    """
    if refusal := shut(found):
        return refusal
    if found.paused:
        return WrongState("Nothing can be said here at the moment. Try again later.", code="conversation_paused")
    return None


def over(found: Conversation, now: datetime) -> WrongState | None:
    """What to refuse a live conversation with whose time is up, swept or not."""
    return _ended() if found.closes_at and found.closes_at <= now else None


def refuse_unless_open(found: Conversation) -> None:
    """Raises WrongState for a conversation nobody may write in."""
    if refusal := shut(found):
        raise refusal


def refuse_if_mute(found: Conversation) -> None:
    """Raises WrongState for a conversation nobody may say anything in."""
    if refusal := mute(found):
        raise refusal


def refuse_unless_anonymous(found: Conversation) -> None:
    """Raises WrongState where there is nothing, or nothing any more, to reveal."""
    refuse_if_mute(found)
    if found.kind == Kind.DIRECT or found.state not in {State.ANONYMOUS, State.DECISION_GATE}:
        raise WrongState("You cannot ask for a reveal here now.", code="reveal_not_possible")


def _ended() -> WrongState:
    return WrongState("This conversation has ended.", code="conversation_closed")
