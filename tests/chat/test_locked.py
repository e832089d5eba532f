"""The conversation of two who met in discovery: there from the first moment, silent until it is unlocked."""

import pytest
from django.db import transaction
from django.utils import timezone

from chat.enums import Kind, RevealState, State
from chat.models import Conversation
from chat.services import conversations
from config.errors import NotYours, WrongState
from connect.enums import Tier
from matching.enums import ConnectionEventType, ConnectionStatus
from matching.models import Connection
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.people import Web
from tests.matching.suitors import couple, suitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def edge():
    return couple(suitor(), suitor(), timezone.now())


@pytest.fixture
def talk(edge):
    return Conversation.objects.get(connection=edge)


def unlock(edge):
    with transaction.atomic():
        return conversations.unlock(connection=edge, now=timezone.now())


def say(talk, by):
    return Web(by).post(f"/api/conversations/{talk.id}/messages", {"text": "Hello"})


def test_it_opens_with_the_connection(edge, talk):
    assert (talk.kind, talk.state) == (Kind.DIRECT, State.LOCKED)
    assert (talk.user_a_id, talk.user_b_id) == (edge.user_low_id, edge.user_high_id)


def test_each_has_a_pseudonym(talk):
    assert talk.pseudonym_a and talk.pseudonym_b and talk.pseudonym_a != talk.pseudonym_b


def test_no_pseudonym_is_used_twice_among_what_one_has(edge):
    busy = suitor(Tier.PRO)
    for _ in range(3):
        couple(busy, suitor(), timezone.now())
    names = Conversation.objects.of(busy).values_list("pseudonym_a", "pseudonym_b")
    assert len({name for pair in names for name in pair}) == 6


def test_nobody_can_say_anything_in_it(edge, talk):
    replies = [say(talk, by) for by in (edge.user_low_id, edge.user_high_id)]
    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(409, "conversation_locked")] * 2


def test_it_shows_a_pseudonym_and_nobody(edge, talk):
    shown = Web(edge.user_low_id).get(f"/api/conversations/{talk.id}").json()
    assert (shown["state"], shown["pseudonym"], shown["peer_id"]) == ("locked", talk.pseudonym_b, None)


def test_unlocked_they_can_talk(edge, talk):
    unlock(edge)
    assert say(talk, edge.user_low_id).status_code == 201


def test_unlocked_it_is_revealed(edge, talk):
    unlock(edge)
    talk.refresh_from_db()
    assert (talk.state, talk.reveal_state) == (State.REVEALED, RevealState.MUTUAL)


def test_unlocking_is_on_the_timeline_once(edge, talk):
    unlock(edge)
    unlock(edge)
    assert edge.events.filter(event_type=ConnectionEventType.REVEALED).count() == 1


def test_unlocking_twice_is_once(edge, talk):
    assert unlock(edge).last_seq == unlock(edge).last_seq == 2


def test_a_connection_without_a_conversation_has_none_to_unlock(edge, talk):
    talk.delete()
    with pytest.raises(NotYours):
        unlock(edge)


@pytest.mark.parametrize("way", ["terminated", "blocked"])
def test_it_ends_with_the_connection(edge, talk, way):
    if way == "terminated":
        connections.terminate(connection_id=edge.id, by=edge.user_low_id, now=timezone.now())
    else:
        blocks.block(by=edge.user_low_id, other=edge.user_high_id, source=BlockSource.MANUAL, now=timezone.now())
    talk.refresh_from_db()
    assert talk.state == State.CLOSED
    with pytest.raises(WrongState, match="has ended"):
        unlock(edge)


def test_whoever_ends_it_ends_the_connection(edge, talk):
    Web(edge.user_high_id).post(f"/api/conversations/{talk.id}/end")
    edge.refresh_from_db()
    assert (edge.status, edge.ended_by) == (ConnectionStatus.TERMINATED, edge.user_high_id)


def test_connections_of_other_origins_open_none():
    connections.form(first=suitor(), second=suitor(), origin="live", now=timezone.now())
    assert (Connection.objects.count(), Conversation.objects.count()) == (1, 0)
