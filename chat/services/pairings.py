"""Whether both of a live conversation are there: who stays away before the first gate breaks the pairing.

Who has a socket is there, and who calls without one was there at that moment.

Since when somebody is away is a row, so that a restarted process goes on where the last one stopped.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chat.enums import CloseReason, Kind, State
from chat.models import Conversation
from chat.services import endings, gates, locks, presence
from config import isolation
from config.errors import NotYours
from matching.enums import Side
from safety.roles import as_service

_SINCE = {Side.A: "away_a_since", Side.B: "away_b_since"}


def watch(*, now: datetime) -> int:
    """Note who came and who went, and close what somebody has been away from for too long. How many were closed.

    While nobody can tell who is there, nobody's absence counts.
    """
    with transaction.atomic(), as_service():
        young = list(Conversation.objects.before_first_gate().order_by("id"))
    here = presence.known_online({user_id for talk in young for user_id in _people(talk)}, now=now)
    for side in Side:
        _note(side, young, here, now)
    late = [talk for talk in young if here is not None and _gone(talk, now)]
    return isolation.each(_break, ((talk.id, now) for talk in late), failed="pairing_not_broken")


def see(conversation: Conversation, *, by: UUID, now: datetime) -> None:
    """One of the two looked at a conversation, or did something in it: how long they are away counts from now.

    Nothing is written for who has a socket, nor again within a short while.
    """
    name = _SINCE[conversation.side_of(by)]
    since = getattr(conversation, name)
    if since is not None and since <= now - settings.LIVE_SEEN_AGAIN and conversation.state == State.ANONYMOUS:
        with as_service():
            Conversation.objects.filter(id=conversation.id, **{f"{name}__lt": now}).update(**{name: now})


def see_in_session(*, match_id: UUID, by: UUID, now: datetime) -> None:
    """The same for who looked at the pairing that a live conversation came of."""
    with as_service():
        conversation = Conversation.objects.of(by).filter(match=match_id, kind=Kind.LIVE).first()
    if conversation is not None:
        see(conversation, by=by, now=now)


def _note(side: Side, young: Iterable[Conversation], here: Collection[UUID] | None, now: datetime) -> None:
    came, went, unknown = [], [], []
    for talk in young:
        away, there = getattr(talk, _SINCE[side]), here is not None and _person(talk, side) in here
        if away and there:
            came.append(talk)
        elif away and here is None:
            unknown.append(talk)
        elif not away and here is not None and not there:
            went.append(talk)
    _write(side, came, None)
    _write(side, [*went, *unknown], now)


def _write(side: Side, talks: Collection[Conversation], since: datetime | None) -> None:
    if not talks:
        return
    with transaction.atomic(), as_service():
        Conversation.objects.filter(id__in=[talk.id for talk in talks]).update(**{_SINCE[side]: since})
    for talk in talks:
        setattr(talk, _SINCE[side], since)


def _break(conversation_id: UUID, now: datetime) -> bool:
    """Close it for the one who is gone; the other, if there, goes back into the queue."""
    with transaction.atomic(), as_service():
        try:
            conversation = locks.pair_and_conversation(conversation_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        gates.catch_up(conversation, now)
        gone = _gone(conversation, now)
        if not gone or not Conversation.objects.before_first_gate().filter(id=conversation_id).exists():
            return False
        leaver = _person(conversation, gone[0]) if len(gone) == 1 else None
        endings.end(conversation, CloseReason.TIMEOUT, now, leaver=leaver)
        return True


def _gone(talk: Conversation, now: datetime) -> list[Side]:
    """The sides that have been away for longer than one may be."""
    since = {side: getattr(talk, name) for side, name in _SINCE.items()}
    return [side for side in Side if since[side] and since[side] <= now - settings.LIVE_RECONNECT_GRACE]


def _people(talk: Conversation) -> tuple[UUID, UUID]:
    return talk.user_a_id, talk.user_b_id


def _person(talk: Conversation, side: Side) -> UUID:
    return talk.user_a_id if side == Side.A else talk.user_b_id
