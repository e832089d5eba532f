"""Starters: what two who are connected took up, one of each stage."""

from uuid import uuid4

import pytest
from django.utils import timezone

from chat.models import Prompt
from chat.services import conversations, reveals
from connect.models import OffLimitsTopic
from matching.models import Connection, ConnectionEvent
from safety.enums import BlockSource
from safety.models import Block
from streaks.models import XpEntry
from tests.chat.people import Web, make_two, make_user, send
from tests.matching.suitors import couple, suitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """Two who are connected, and who both have spoken."""
    two = make_two()
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    reveals.accept(reveal_id=offer.id, by=two.b, now=timezone.now())
    return two


@pytest.fixture
def spoken(two):
    send(two, by=two.a)
    send(two, by=two.b)
    return two


def edge():
    return Connection.objects.get()


def shown(two):
    found = Web(two.a).get(f"/api/conversations/{two.conversation.id}/prompts").json()
    return [prompt["code"] for prompt in found["prompts"]]


def complete(by, prompt, connection=None, **more):
    body = {"event_type": "starter_completed", "prompt": prompt, **more}
    return Web(by).post(f"/api/connections/{(connection or edge()).id}/events", body)


def code(reply):
    return reply.status_code, reply.json()["code"]


def starters():
    return ConnectionEvent.objects.filter(event_type="starter_completed")


def test_a_starter_stands_in_the_timeline_of_both(spoken):
    (first, *_) = shown(spoken)
    reply = complete(spoken.a, first)
    assert (reply.status_code, reply.json()["prompt"], reply.json()["stage"]) == (201, first, "light")
    events = Web(spoken.b).get(f"/api/connections/{edge().id}/events").json()["results"]
    assert events[0] == reply.json()


def test_the_same_one_twice_is_once_whoever_says_so(spoken):
    (first, *_) = shown(spoken)
    assert complete(spoken.a, first).json() == complete(spoken.b, first).json()
    assert starters().count() == 1


def test_it_brings_both_points_once(spoken):
    (first, *_) = shown(spoken)
    for by in (spoken.a, spoken.b):
        complete(by, first)
    earned = XpEntry.objects.filter(source_type="starter").values_list("user_id", "xp_delta")
    assert set(earned) == {(spoken.a, 20), (spoken.b, 20)} and len(earned) == 2


def test_another_of_that_stage_is_refused(spoken):
    first, second, *_ = shown(spoken)
    complete(spoken.a, first)
    assert code(complete(spoken.a, second)) == (409, "starter_completed")
    assert starters().count() == 1


def test_what_they_are_not_shown_cannot_be_named(spoken):
    beyond = Prompt.objects.filter(prompt_type="icebreaker", stage=3).first()
    unseen = Prompt.objects.filter(prompt_type="icebreaker", stage=1).exclude(code__in=shown(spoken)).first()
    replies = {code(complete(spoken.a, name)) for name in (beyond.code, unseen.code, "nothing")}
    assert replies == {(404, "prompt_not_offered")}


def test_what_one_minds_by_now_can_be_named_by_the_other_alone(spoken):
    (first, *_) = shown(spoken)
    Prompt.objects.filter(code=first).update(topic_tags=["art"])
    OffLimitsTopic.objects.create(user_id=spoken.b, topic_key="art")
    assert code(complete(spoken.b, first)) == (404, "prompt_not_offered")
    assert complete(spoken.a, first).status_code == 201


def test_before_anybody_was_shown_any_there_is_none(spoken):
    known = Prompt.objects.filter(prompt_type="icebreaker", stage=1).values_list("code", flat=True)
    assert {code(complete(spoken.a, name)) for name in known[:3]} == {(404, "prompt_not_offered")}


def test_both_have_to_have_spoken(two):
    send(two, by=two.a)
    assert code(complete(two.a, shown(two)[0])) == (409, "starter_not_answered")


def test_two_who_may_not_talk_yet_have_none():
    me = suitor()
    locked = couple(me, suitor(), timezone.now())
    assert code(complete(me, "icebreaker_window", locked)) == (409, "conversation_locked")


def test_nor_have_those_who_are_apart(spoken):
    (first, *_) = shown(spoken)
    Block.objects.create(blocker_id=spoken.b, blocked_id=spoken.a, source=BlockSource.MANUAL)
    assert code(complete(spoken.a, first)) == (409, "connection_ended")


def test_nor_those_who_talk_no_more(spoken):
    (first, *_) = shown(spoken)
    conversations.close(conversation_id=spoken.conversation.id, reason="timeout", by=None, now=timezone.now())
    assert code(complete(spoken.a, first)) == (409, "connection_not_revealed")


def test_a_stranger_finds_nothing(spoken):
    assert code(complete(make_user().id, shown(spoken)[0])) == (404, "not_found")


def test_each_event_takes_what_belongs_to_it_alone(spoken):
    moment = (timezone.now()).isoformat()
    path = f"/api/connections/{edge().id}/events"
    bodies = [
        {"event_type": "starter_completed"},
        {"event_type": "scheduled_chat"},
        {"event_type": "scheduled_chat", "prompt": "x"},
        {"event_type": "starter_completed", "prompt": "x", "scheduled_for": moment},
    ]
    assert {Web(spoken.a).post(path, body, key=uuid4().hex).status_code for body in bodies} == {400}
    assert not starters().exists()
