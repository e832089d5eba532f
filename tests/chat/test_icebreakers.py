"""Icebreakers: written once for two who connected, by neither, of what both may know of each other."""

import json
from datetime import timedelta

import orjson
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.enums import CloseReason
from chat.models import Conversation, ConversationEvent, Message
from chat.personal_data import _unbreak
from chat.services import conversations, icebreakers, messages, reports, starters
from chat.writers import phrases
from config.errors import WrongState
from connect.enums import Purpose, UserStatus
from connect.models import Consent, InterestScore, OffLimitsTopic, Profile, User
from safety.enums import ReportReason
from safety.personal_data import Leaving
from safety.services import reports as cases
from tests.chat.faces import liked, talk_of
from tests.chat.people import Web
from tests.chat.test_asyncapi import check
from tests.connect.provider import standing_in
from tests.factories import HobbyFactory, HobbyOptionFactory
from tests.matching.suitors import couple, suitor
from tests.safety.cases import moderator
from tests.streaks.test_writers import completion

pytestmark = pytest.mark.django_db
MUSIC = "You two have something in common: music. Which of you came to it first?"


@pytest.fixture
def edge(db):
    return liked()


@pytest.fixture
def talk(edge):
    return talk_of(edge)


@pytest.fixture
def both(edge):
    return (edge.user_low_id, edge.user_high_id)


@pytest.fixture
def model(settings):
    """A language model on this machine."""
    with standing_in(completion("Two ears for music! What did you hear last?")) as stand_in:
        settings.ICEBREAKER_WRITER, settings.OPENAI_URL = "openai", f"{stand_in.url}/v1"
        settings.OPENAI_KEY, settings.OPENAI_MODEL, settings.OPENAI_TIMEOUT = "key-of-ours", "some-model", 0.5
        yield stand_in


def like(people, *topics):
    for person in people:
        for topic in topics:
            InterestScore.objects.create(user_id=person, interest_key=topic, score=70)


def write(after=timedelta()):
    return icebreakers.write_due(now=timezone.now() + after)


def said(talk):
    """Every message as the first of the two reads it."""
    return Web(talk.user_a_id).get(f"/api/conversations/{talk.id}/messages").json()["messages"]


def text(talk):
    (line,) = said(talk)
    return line["text"]


def test_both_are_told_what_they_share(talk, both):
    like(both, "music")
    assert write() == 1
    (line,) = said(talk)
    assert (line["type"], line["sender"], line["from_me"], line["text"]) == ("icebreaker", "connect", False, MUSIC)


def test_it_is_an_event_that_neither_of_them_did(talk, both):
    write()
    _, frame = messages.after(conversation=talk, after_seq=0, limit=9, viewer=both[1])
    assert (frame.data["from"], frame.data["pseudonym"], frame.data["seq"]) == ("connect", None, 2)
    assert "client_id" not in frame.data
    check({"type": frame.type, "data": frame.data}, "server_chat_message")


def test_it_is_written_once(talk):
    assert [write(), write(icebreakers.CLAIM * 2)] == [1, 0]
    assert len(said(talk)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(conversation=talk, type="icebreaker", seq=9, client_id="x", sent_at=timezone.now())


def test_one_that_fails_keeps_no_other_waiting(talk, monkeypatch):
    other, gather = talk_of(liked()), icebreakers._gather

    def failing(conversation_id, now):
        if conversation_id == talk.id:
            raise RuntimeError("a fault")
        return gather(conversation_id, now)

    monkeypatch.setattr(icebreakers, "_gather", failing)
    assert write() == 2
    assert [len(said(each)) for each in (talk, other)] == [0, 1]
    monkeypatch.undo()
    assert [write(), write(icebreakers.CLAIM * 2)] == [0, 1]
    assert len(said(talk)) == 1


def test_nothing_else_is_said_by_nobody(talk):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(conversation=talk, seq=9, client_id="x", sent_at=timezone.now())


def test_nobody_waits_for_an_answer_to_it(talk, both):
    write()
    for person in both:
        (line,) = Web(person).get("/api/conversations").json()["results"]
        assert (line["unread"], line["last_seq"]) == (0, 2)


def test_neither_takes_it_back(talk, both):
    write()
    assert [Web(person).delete(f"/api/conversations/{talk.id}/messages/2").status_code for person in both] == [404, 404]


def test_it_is_no_word_of_theirs(edge, talk, both):
    write()
    (prompt, *_) = Web(both[0]).get(f"/api/conversations/{talk.id}/prompts").json()["prompts"]
    messages.send(conversation_id=talk.id, by=both[0], client_id="c1", text="Hello", now=timezone.now())
    with pytest.raises(WrongState) as refused:
        starters.complete(connection_id=edge.id, by=both[0], prompt=prompt["code"], now=timezone.now())
    assert refused.value.code == "starter_not_answered"


@pytest.mark.parametrize("side", [0, 1])
def test_what_one_of_them_does_not_want_is_not_in_it(talk, both, side):
    like(both, "music", "politics")
    OffLimitsTopic.objects.create(user_id=both[side], topic_key="politics")
    write()
    assert text(talk) == MUSIC


def test_interests_are_told_while_both_let_them_be_used(talk, both):
    like(both, "music")
    option = HobbyOptionFactory(code="tea")
    for person in both:
        HobbyFactory(user_id=person, option=option)
    Consent.objects.filter(user=both[1], purpose=Purpose.MATCHING).update(revoked_at=timezone.now())
    write()
    assert "Tea" in text(talk) and "music" not in text(talk)


def test_what_only_one_of_them_likes_is_not_told(talk, both):
    like(both[:1], "music")
    write()
    assert text(talk) == phrases.NOTHING_KNOWN["en"]


def test_two_who_read_german_are_written_to_in_german(talk, both):
    like(both, "music")
    Profile.objects.filter(user__in=both).update(languages=["de", "en"])
    write()
    assert text(talk) == phrases.COMMON["de"].format("Musik")


def test_a_model_is_told_what_they_share_and_nothing_else(talk, both, model):
    like(both, "music")
    write()
    assert text(talk) == "Two ears for music! What did you hear last?"
    sent = json.loads(model.asked[0].body)
    assert json.loads(sent["messages"][1]["content"]) == {"in_common": ["music"]}


@pytest.mark.parametrize("answer", ["Olga and you love music!", "Music, or politics?", "Meet at 8?"])
def test_a_model_that_says_too_much_is_not_heard(talk, both, model, answer):
    like(both, "music")
    Profile.objects.filter(user=both[0]).update(name="Olga Oster")
    OffLimitsTopic.objects.create(user_id=both[1], topic_key="politics")
    model.answer = completion(answer)
    write()
    assert text(talk) == MUSIC


def test_a_model_that_is_down_is_done_without(talk, both, model):
    like(both, "music")
    model.status = 503
    write()
    assert text(talk) == MUSIC


def test_what_a_writer_is_at_is_left_to_it(talk, both, monkeypatch):
    meanwhile = []
    monkeypatch.setattr(icebreakers.words, "written", lambda known: meanwhile.append(write()) or "Hello, you two.")
    write()
    assert (meanwhile, text(talk)) == ([0], "Hello, you two.")


def test_what_it_is_made_of_may_go_away_meanwhile(talk, both, monkeypatch):
    like(both, "music")
    written = icebreakers.words.written

    def taking_back(known):
        Consent.objects.filter(user=both[0]).update(revoked_at=timezone.now())
        return written(known)

    monkeypatch.setattr(icebreakers.words, "written", taking_back)
    write()
    assert said(talk) == []
    write()
    assert text(talk) == phrases.NOTHING_KNOWN["en"]


def test_in_a_conversation_that_is_over_none_is_written(talk):
    conversations.close(conversation_id=talk.id, reason=CloseReason.USER_END, by=talk.user_a_id, now=timezone.now())
    write()
    assert (Message.objects.count(), Conversation.objects.get(id=talk.id).icebreaker_due_at) == (0, None)


def test_where_one_is_leaving_it_waits(talk, both):
    User.objects.filter(id=both[0]).update(status=UserStatus.DELETION_PENDING)
    write()
    assert Message.objects.count() == 0
    User.objects.filter(id=both[0]).update(status=UserStatus.ACTIVE)
    assert write(icebreakers.CLAIM * 2) == 1
    assert Message.objects.count() == 1


def test_two_of_discovery_get_none(db):
    couple(suitor(), suitor(), timezone.now())
    assert write() == 0


def test_in_a_report_it_is_nobodys(talk, both):
    write()
    report = reports.about_conversation(
        conversation_id=talk.id, by=both[0], reason=ReportReason.HARASSMENT, details="", now=timezone.now()
    )
    (line,) = orjson.loads(cases.read_evidence(report=report, by=moderator()))["messages"]
    assert (line["side"], line["pseudonym"]) == ("", "connect")


def test_when_one_of_them_leaves_it_goes_and_the_numbers_have_no_gap(talk, both):
    write()
    _unbreak(Message, Leaving(both[0], (), both[0], timezone.now()))
    assert list(ConversationEvent.objects.order_by("seq").values_list("seq", "message")) == [(1, None), (2, None)]
    assert Message.objects.count() == 0
