"""The conversation of two who connected by their faces: open, and nobody is anonymous in it, from the first moment."""

import pytest
from django.utils import timezone

from chat.enums import CloseReason, Kind, RevealState, State
from chat.models import Conversation
from chat.services import conversations, presence, reveals
from config.errors import WrongState
from matching.enums import ConnectionStatus, Origin
from matching.models import Connection
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.faces import liked, talk_of
from tests.chat.people import Web
from tests.matching.suitors import suitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def edge(db):
    return liked()


@pytest.fixture
def talk(edge):
    return talk_of(edge)


def say(talk, by):
    return Web(by).post(f"/api/conversations/{talk.id}/messages", {"text": "Hello"})


def test_it_opens_revealed_with_the_connection(edge, talk):
    assert (talk.kind, talk.state, talk.reveal_state) == (Kind.DIRECT, State.REVEALED, RevealState.MUTUAL)
    assert (talk.user_a_id, talk.user_b_id) == (edge.user_low_id, edge.user_high_id)


def test_both_can_write_at_once_and_know_to_whom(talk):
    assert [say(talk, by).status_code for by in (talk.user_a_id, talk.user_b_id)] == [201, 201]
    (listed,) = Web(talk.user_a_id).get("/api/conversations").json()["results"]
    assert (listed["peer_id"], listed["state"]) == (str(talk.user_b_id), "revealed")


def test_two_who_are_connected_keep_the_conversation_they_have(edge, talk):
    liked(edge.user_low_id, edge.user_high_id)
    assert Conversation.objects.of(talk.user_a_id).get() == talk


def test_who_met_by_a_match_gets_no_other_conversation(db):
    edge = connections.form(first=suitor(), second=suitor(), origin=Origin.COMPATIBILITY, now=timezone.now())
    assert not Conversation.objects.filter(connection=edge).exists()


def test_there_is_nothing_to_reveal_in_it(talk):
    with pytest.raises(WrongState) as refused:
        reveals.request(conversation_id=talk.id, by=talk.user_a_id, now=timezone.now())
    assert refused.value.code == "reveal_not_possible"


def test_the_connection_is_listed_by_its_origin_with_whom_it_is(edge, talk):
    (line,) = Web(edge.user_low_id).get("/api/connections").json()["results"]
    assert (line["origin"], line["server"], line["locked"]) == ("face", "", False)
    assert (line["conversation_id"], line["partner"]["user_id"]) == (str(talk.id), str(edge.user_high_id))


def test_each_may_see_whether_the_other_is_there(edge):
    now = timezone.now()
    seen = presence.watch(by=edge.user_low_id, user_ids=[edge.user_high_id], now=now)
    assert [one.user_id for one in seen] == [edge.user_high_id]


def test_put_away_it_takes_no_place_and_comes_back(edge, talk):
    web = Web(edge.user_low_id)
    assert web.post(f"/api/connections/{edge.id}/archive", key="k1").json()["status"] == "archived"
    assert say(talk, edge.user_high_id).status_code == 201
    assert web.post(f"/api/connections/{edge.id}/unarchive", key="k2").json()["status"] == "active"


@pytest.mark.parametrize("how", ["end", "terminate"])
def test_ending_one_ends_the_other(edge, talk, how):
    now = timezone.now()
    if how == "end":
        conversations.close(conversation_id=talk.id, reason=CloseReason.USER_END, by=edge.user_low_id, now=now)
    else:
        connections.terminate(connection_id=edge.id, by=edge.user_low_id, now=now)
    assert (talk_of(edge).state, Connection.objects.get().status) == (State.CLOSED, ConnectionStatus.TERMINATED)


def test_a_block_closes_it_and_hides_both(edge, talk):
    blocks.block(by=edge.user_high_id, other=edge.user_low_id, source=BlockSource.MANUAL, alias="", now=timezone.now())
    assert say(talk, edge.user_low_id).json()["code"] == "conversation_closed"
    assert Web(edge.user_low_id).get("/api/connections").json()["results"] == []


def test_panic_in_it_reports_what_was_said(talk):
    say(talk, talk.user_b_id)
    reply = Web(talk.user_a_id).post(f"/api/conversations/{talk.id}/panic-exit", key="k1")
    assert (reply.status_code, reply.json()["state"]) == (200, "closed")
