"""Every move of the three tables is allowed by the database, and every other refused."""

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.enums import (
    REVEAL_STATE_TRANSITIONS,
    REVEAL_TRANSITIONS,
    STATE_INITIAL,
    STATE_TRANSITIONS,
    CloseReason,
    Kind,
    RevealState,
    RevealStatus,
    State,
)
from chat.models import Conversation, Reveal
from safety.models import AuditLog


def _reach(transitions, initial, target):
    """The moves from a first state to `target`."""
    paths = [[state] for state in initial]
    for path in paths:
        if path[-1] == target:
            return path
        paths += [[*path, after] for after in transitions[path[-1]] if after not in path]
    raise AssertionError(f"{target} cannot be reached")


def _end_of(state) -> dict:
    ended = state == State.CLOSED
    return {
        "closed_at": timezone.now() if ended else None,
        "close_reason": CloseReason.TIMEOUT if ended else "",
    }


def _conversation(two, **fields) -> Conversation:
    people = {"user_a_id": two.a, "user_b_id": two.b, "pseudonym_a": "A", "pseudonym_b": "B"}
    return Conversation.objects.create(kind=Kind.DIRECT, last_activity_at=timezone.now(), **people, **fields)


def _move_state(conversation, state) -> None:
    with transaction.atomic():
        Conversation.objects.filter(id=conversation.id).update(state=state, **_end_of(state))


def _move_reveal_state(conversation, state) -> None:
    with transaction.atomic():
        Conversation.objects.filter(id=conversation.id).update(reveal_state=state)


def _pairs(states, transitions, *, allowed):
    return [
        (before, after)
        for before, after in itertools.permutations(states, 2)
        if (after in transitions[before]) == allowed
    ]


@pytest.mark.parametrize(
    ("states", "transitions"),
    [(State, STATE_TRANSITIONS), (RevealState, REVEAL_STATE_TRANSITIONS), (RevealStatus, REVEAL_TRANSITIONS)],
)
def test_no_state_is_left_out(states, transitions):
    assert set(states) == set(transitions)


@pytest.mark.parametrize(("before", "after"), _pairs(State, STATE_TRANSITIONS, allowed=True))
def test_state_moves(two, before, after):
    first, *path = _reach(STATE_TRANSITIONS, STATE_INITIAL, before)
    conversation = _conversation(two, state=first)
    for step in [*path, after]:
        _move_state(conversation, step)
    conversation.refresh_from_db()
    assert conversation.state == after
    entry = AuditLog.objects.filter(entity_id=conversation.id, data__field="state").latest("id")
    assert (entry.data["from"], entry.data["to"]) == (before, after)


@pytest.mark.parametrize(("before", "after"), _pairs(State, STATE_TRANSITIONS, allowed=False))
def test_state_stays(two, before, after):
    first, *path = _reach(STATE_TRANSITIONS, STATE_INITIAL, before)
    conversation = _conversation(two, state=first)
    for step in path:
        _move_state(conversation, step)
    with pytest.raises(IntegrityError, match="is not a transition"):
        _move_state(conversation, after)


@pytest.mark.parametrize("state", sorted(set(State) - set(STATE_INITIAL)))
def test_no_conversation_begins_in_the_middle(two, state):
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        _conversation(two, state=state, **_end_of(state))


@pytest.mark.parametrize(("before", "after"), _pairs(RevealState, REVEAL_STATE_TRANSITIONS, allowed=True))
def test_reveal_state_moves(two, before, after):
    conversation = _conversation(two)
    for step in [*_reach(REVEAL_STATE_TRANSITIONS, [RevealState.NONE], before)[1:], after]:
        _move_reveal_state(conversation, step)
    conversation.refresh_from_db()
    assert conversation.reveal_state == after


@pytest.mark.parametrize(("before", "after"), _pairs(RevealState, REVEAL_STATE_TRANSITIONS, allowed=False))
def test_reveal_state_stays(two, before, after):
    conversation = _conversation(two)
    for step in _reach(REVEAL_STATE_TRANSITIONS, [RevealState.NONE], before)[1:]:
        _move_reveal_state(conversation, step)
    with pytest.raises(IntegrityError, match="is not a transition"):
        _move_reveal_state(conversation, after)


def _reveal(two, status=RevealStatus.PENDING) -> Reveal:
    return Reveal.objects.create(
        match=two.match,
        conversation=two.conversation,
        requested_by_id=two.a,
        requested_to_id=two.b,
        status=status,
        expires_at=timezone.now() + timedelta(hours=1),
    )


def _move_reveal(reveal, status) -> None:
    with transaction.atomic():
        Reveal.objects.filter(id=reveal.id).update(status=status)


@pytest.mark.parametrize(("before", "after"), _pairs(RevealStatus, REVEAL_TRANSITIONS, allowed=True))
def test_a_request_moves(two, before, after):
    reveal = _reveal(two)
    _move_reveal(reveal, after)
    reveal.refresh_from_db()
    assert (before, reveal.status) == (RevealStatus.PENDING, after)


@pytest.mark.parametrize(("before", "after"), _pairs(RevealStatus, REVEAL_TRANSITIONS, allowed=False))
def test_an_answered_request_stays(two, before, after):
    reveal = _reveal(two)
    _move_reveal(reveal, before)
    with pytest.raises(IntegrityError, match="is not a transition"):
        _move_reveal(reveal, after)


@pytest.mark.parametrize("status", sorted(set(RevealStatus) - {RevealStatus.PENDING}))
def test_every_request_begins_pending(two, status):
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        _reveal(two, status)
