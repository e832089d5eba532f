"""Saying how a live talk was: by whom, of what, when, and in private."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.services import reveals
from connect.models import User
from matching.enums import MeetOutcome
from matching.models import Match, MeetReflection
from matching.services.reflections import Impression
from matching.signals import reflection_given
from safety.enums import BlockSource
from safety.models import TrustScoreEvent
from safety.services import blocks
from tests.connect.overlap import overlap
from tests.matching.talkers import reflect, said, talk, talker
from tests.safety.refusals import refusal_of

PATH = "/api/meet_reflections"


@pytest.fixture
def two(db):
    return talker(), talker()


def refused(match, by, now=None):
    return refusal_of(reflect, match=match, by=by, now=now)


def test_it_is_kept_with_the_conversation_and_told_of(two, now):
    heard = []
    reflection_given.connect(lambda **told: heard.append(told["reflection"]), weak=False, dispatch_uid="heard")
    try:
        match = talk(*two)
        kept = reflect(match, two[0], now=now)
    finally:
        reflection_given.disconnect(dispatch_uid="heard")
    assert (kept.conversation_id, kept.given_at, kept.counted_at) == (match.conversation.id, now, None)
    assert heard == [kept]


def test_each_of_the_two_does_it_once(two):
    match = talk(*two)
    for person in two:
        reflect(match, person)
        assert refused(match, person) == "already_reflected"
    assert MeetReflection.objects.count() == 2


def test_nobody_else_finds_it(two):
    assert refused(talk(*two), talker()) == refused(Match(id=uuid4()), two[0]) == "not_found"


def test_it_has_to_be_over(two):
    assert refused(talk(*two, end=False), two[0]) == "talk_not_over"


def test_a_reveal_is_an_end(two, now):
    match = talk(*two, end=False)
    offer = reveals.request(conversation_id=match.conversation.id, by=two[0], now=now)
    reveals.accept(reveal_id=offer.id, by=two[1], now=now)
    reflect(match, two[0])


@pytest.mark.parametrize("speak", [(), (0,), (1,)])
def test_both_have_to_have_said_something(two, speak):
    assert refused(talk(*two, speak=speak), two[0]) == "never_talked"


def test_without_a_conversation_they_never_talked(two):
    match = said(talker(), talker()).match
    assert refused(match, match.user_a_id) == "never_talked"


def test_a_proposed_match_is_no_live_talk(two):
    match = talk(*two)
    Match.objects.update(pathway="compatibility")
    assert refused(match, two[0]) == "not_live"


def test_two_weeks_later_it_is_too_late(two):
    match = talk(*two)
    reflect(match, two[0], now=match.ended_at + timedelta(days=14))
    assert refused(match, two[1], now=match.ended_at + timedelta(days=14, seconds=1)) == "reflection_too_late"


@pytest.mark.parametrize("by", [0, 1], ids=["blocker", "blocked"])
def test_it_works_after_a_block(two, now, by):
    match = talk(*two, end=False)
    blocks.block(by=two[0], other=two[1], source=BlockSource.MANUAL, now=now)
    reflect(match, two[by])


def test_nothing_moves_at_once(two):
    reflect(talk(*two), two[0])
    assert not TrustScoreEvent.objects.exists()


@pytest.mark.parametrize("wrong", [{"vibe_score": 0}, {"vibe_score": 6}, {"feedback_tags": ["rude"]}])
def test_the_database_takes_no_other_words(two, wrong):
    kept = said(*two)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetReflection.objects.filter(id=kept.id).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one():
    people = talker(), talker()
    match = talk(*people)
    codes = []
    overlap(lambda: reflect(match, people[0]), lambda: codes.append(refused(match, people[0])))
    assert (codes, MeetReflection.objects.count()) == (["already_reflected"], 1)


# Over the API.


def body(match, **other):
    return {"match_id": str(match.id), "vibe_score": 4, "meet_outcome": "again", "feedback_tags": ["kind"], **other}


@pytest.fixture
def call(api):
    def post(user_id, sent, **more):
        return api(User.objects.get(id=user_id)).post(PATH, sent, format="json", **more)

    return post


def test_it_is_answered_with_what_was_said(two, call):
    match = talk(*two)
    reply = call(two[0], body(match))
    assert reply.status_code == 201
    told = reply.json()
    kept = MeetReflection.objects.get()
    assert told.pop("created_at") and told == {"id": str(kept.id), **body(match)}


def test_tags_are_not_needed(two, call):
    sent = body(talk(*two))
    del sent["feedback_tags"]
    assert call(two[0], sent).json()["feedback_tags"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"vibe_score": 6},
        {"vibe_score": "4"},
        {"meet_outcome": "never"},
        {"feedback_tags": ["rude"]},
        {"feedback_tags": ["kind", "kind"]},
        {"feedback_tags": ["kind", "funny", "curious", "honest", "pushy", "distracted"]},
        {"notes": "So."},
    ],
)
def test_what_is_not_in_the_vocabulary_is_refused_and_nothing_kept(two, call, wrong):
    reply = call(two[0], body(talk(*two), **wrong))
    assert (reply.status_code, MeetReflection.objects.count()) == (400, 0)


def test_the_same_key_sent_again_has_the_same_reply(two, call):
    match = talk(*two)
    first, second = (call(two[0], body(match), key="once") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())


def test_the_other_sees_no_difference_in_anything_they_ask_for(two, api):
    """Neither in what is answered nor in what is asked of the database for it."""
    match = talk(*two)
    client = api(User.objects.get(id=two[1]))
    paths = [f"/api/conversations/{match.conversation.id}", "/connect/status", f"/api/trust_score/{two[1]}", PATH]

    def asked():
        with CaptureQueriesContext(connection) as queries:
            told = [client.get(path).content.split(b'"request_id"')[0] for path in paths]
        return told, len(queries)

    before = asked()
    reflect(match, two[0], Impression(1, MeetOutcome.PASS))
    assert asked() == before
