"""Asking for help over /api/reports, and what became of it."""

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation
from chat.services import messages, reveals
from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Profile
from connect.services import disclosures
from safety.models import Block, Report
from safety.services import cases, reports
from tests.chat.people import make_match, make_user
from tests.factories import ProfileFactory
from tests.safety.cases import BAN, moderator

pytestmark = pytest.mark.django_db
PATH = "/api/reports"
NOBODYS = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def client(api, two):
    return api(two.conversation.user_a)


def file(client, key=None, **told):
    return client.post(PATH, {"reason": "harassment", **{k: str(v) for k, v in told.items()}}, key=key)


def evidence():
    return orjson.loads(reports.read_evidence(report=Report.objects.get(), by=moderator()))


def revealed(two, now):
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    reveals.accept(reveal_id=offer.id, by=two.b, now=now)


def disclose(first, second, level=DisclosureLevel.CARD):
    source = {"source": DisclosureSource.FACE_MATCH, "source_id": first}
    disclosures.grant_mutual(first=first, second=second, level=level, now=timezone.now(), **source)


# What it may be about.


def test_a_conversation_is_reported_with_what_was_said(client, two, now):
    messages.send(conversation_id=two.conversation.id, by=two.b, client_id="1", text="Something bad", now=now)
    reply = file(client, conversation_id=two.conversation.id)
    report = Report.objects.get()
    assert (reply.status_code, report.reported_id) == (201, two.b)
    assert [message["text"] for message in evidence()["messages"]] == ["Something bad"]


def test_a_match_is_reported(api, now):
    one, other = make_user(), make_user()
    match = make_match(one.id, other.id)
    reply = file(api(one), match_id=match.id)
    assert (reply.status_code, Report.objects.get().reported_id) == (201, other.id)


@pytest.mark.parametrize("level", DisclosureLevel)
def test_somebody_one_sees_is_reported(api, level):
    one, other = make_user(), make_user()
    ProfileFactory(user=other, bio="Something bad")
    disclose(one.id, other.id, level)
    reply = file(api(one), user_id=other.id)
    assert (reply.status_code, Report.objects.get().reported_id) == (201, other.id)
    assert evidence()["profile"]["bio"] == "Something bad"


def test_the_evidence_about_a_person_holds_what_both_knew_each_other_in(client, two, now):
    messages.send(conversation_id=two.conversation.id, by=two.b, client_id="1", text="Something bad", now=now)
    revealed(two, now)
    file(client, user_id=two.b)
    (talk,) = evidence()["conversations"]
    assert [message["text"] for message in talk["messages"]] == ["Something bad"]


def test_an_anonymous_talk_of_the_same_two_is_not_evidence_about_a_person(client, two, now):
    messages.send(conversation_id=two.conversation.id, by=two.b, client_id="1", text="Something bad", now=now)
    disclose(two.a, two.b)
    file(client, user_id=two.b)
    assert evidence()["conversations"] == []


def test_the_evidence_about_a_person_names_neither_name_nor_birth(api):
    one, other = make_user(), make_user()
    ProfileFactory(user=other, name="Olga Otter")
    disclose(one.id, other.id)
    file(api(one), user_id=other.id)
    assert set(evidence()["profile"]) == {"nickname", "city", "country", "bio", "languages"}


def test_who_blocks_after_the_deed_does_not_escape(api, two, now):
    revealed(two, now)
    disclosures.revoke_between(first=two.a, second=two.b, now=now)
    assert file(api(two.conversation.user_a), user_id=two.b).status_code == 201


@pytest.mark.parametrize("target", ["conversation_id", "match_id", "user_id"])
def test_what_is_not_ones_own_does_not_exist(api, two, target):
    theirs = {"conversation_id": two.conversation.id, "match_id": two.match.id, "user_id": two.b}
    answers = []
    for named in (theirs[target], NOBODYS):
        with CaptureQueriesContext(connection) as queries:
            reply = file(api(make_user()), **{target: named})
        answers.append((reply.status_code, reply.json()["code"], len(queries)))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (404, "not_found")
    assert not Report.objects.exists()


def test_the_other_of_an_anonymous_talk_cannot_be_named_by_id(client, two):
    assert file(client, user_id=two.b).status_code == 404


def test_one_does_not_report_oneself(client, two):
    assert file(client, user_id=two.a).status_code == 404


@pytest.mark.parametrize("given", [(), ("conversation_id", "match_id"), ("conversation_id", "user_id")])
def test_a_report_is_about_one_thing(client, two, given):
    known = {"conversation_id": two.conversation.id, "match_id": two.match.id, "user_id": two.b}
    reply = file(client, **{name: known[name] for name in given})
    assert (reply.status_code, reply.json()["code"]) == (400, "report_target")


# What it does.


def test_the_two_are_apart_at_once_and_the_reporter_may_lift_that(client, two):
    file(client, conversation_id=two.conversation.id)
    block = Block.objects.get()
    assert (block.blocker_id, block.blocked_id, block.source) == (two.a, two.b, "report")
    assert block.alias == two.conversation.pseudonym_b
    assert Conversation.objects.get().state == "closed"


def test_a_person_is_remembered_by_their_nickname(api):
    one, other = make_user(), make_user()
    Profile.objects.create(user=other, nickname="Otter")
    disclose(one.id, other.id)
    file(api(one), user_id=other.id)
    assert Block.objects.get().alias == "Otter"


def test_the_same_key_is_the_same_report(client, two):
    replies = [file(client, key="one", conversation_id=two.conversation.id) for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert Report.objects.count() == 1


def test_a_report_is_filed_without_redis(client, two, settings, monkeypatch):
    from safety import limits

    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(limits, "_script", lambda: gone)
    assert file(client, conversation_id=two.conversation.id).status_code == 201


# What the reporter sees.


def listed(client):
    return client.get(PATH).json()["results"]


def test_one_sees_ones_own_reports_as_one_named_them(client, two):
    made = file(client, conversation_id=two.conversation.id).json()
    (shown,) = listed(client)
    assert shown == made
    assert (shown["subject_kind"], shown["subject_id"]) == ("conversation", str(two.conversation.id))
    assert shown["status"] == "open"


def test_the_reported_person_sees_nothing(api, client, two):
    file(client, conversation_id=two.conversation.id)
    assert listed(api(two.conversation.user_b)) == []


@pytest.mark.parametrize("what", ["reply", "list"])
def test_an_anonymous_other_is_not_named(client, two, what):
    reply = file(client, conversation_id=two.conversation.id)
    body = reply.content if what == "reply" else client.get(PATH).content
    assert str(two.b).encode() not in body


def test_the_outcome_is_told_in_words_and_not_the_measure(client, two, now):
    file(client, conversation_id=two.conversation.id)
    words = [listed(client)[0]["outcome"]]
    cases.act(
        report=Report.objects.get().id,
        by=moderator(),
        measure=BAN,
        reason_code="harassment",
        statement="You threatened somebody.",
        now=now,
    )
    (shown,) = listed(client)
    words.append(shown["outcome"])
    assert (shown["status"], words[0] != words[1]) == ("actioned", True)
    assert not {"ban", "threatened"} & set(" ".join(words).lower().split())


def test_a_list_takes_as_many_queries_for_ten_as_for_one(api):
    one = make_user()
    client = api(one)

    def queries(more):
        for _ in range(more):
            match = make_match(one.id, make_user().id)
            assert file(client, match_id=match.id).status_code == 201
        with CaptureQueriesContext(connection) as counted:
            listed(client)
        return len(counted)

    assert queries(1) == queries(4)
