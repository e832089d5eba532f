"""/api/blocks: keeping somebody away without ever being told who they are."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.services import blocks as chat_blocks
from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Profile, User
from connect.services import disclosures
from matching.enums import MatchStatus, Origin
from matching.services import connections as edges
from safety.enums import BlockSource, ReportReason
from safety.models import AuditLog, Block
from tests.chat.people import Web, make_match, make_two, make_user

BLOCKS = "/api/blocks"


def in_chat(two):
    return {"conversation_id": str(two.conversation.id)}


def answer(reply):
    return reply.status_code, reply.json()["code"]


def show(viewer, subject, level=DisclosureLevel.IDENTITY):
    disclosures.grant_mutual(
        first=viewer,
        second=subject,
        level=level,
        source=DisclosureSource.REVEAL,
        source_id=uuid4(),
        now=timezone.now(),
    )


def test_a_conversation_is_blocked_by_its_pseudonym(two):
    reply = Web(two.a).post(BLOCKS, in_chat(two))
    block = Block.objects.get()
    assert reply.status_code == 201
    assert reply.json() == {
        "id": str(block.id),
        "alias": two.conversation.pseudonym_b,
        "source": "manual",
        "created_at": block.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert (block.blocker_id, block.blocked_id) == (two.a, two.b)


def test_it_ends_the_conversation_for_both(two):
    Web(two.a).post(BLOCKS, in_chat(two))
    states = [Web(person).get(f"/api/conversations/{two.conversation.id}").json()["state"] for person in (two.a, two.b)]
    assert states == ["closed", "closed"]


def test_blocked_again_it_is_the_same_block(two):
    first, again = (Web(two.a).post(BLOCKS, in_chat(two)) for _ in range(2))
    assert (first.status_code, again.status_code, first.json() == again.json()) == (201, 200, True)
    assert (Block.objects.count(), AuditLog.objects.filter(action="blocked").count()) == (1, 1)


def test_an_ended_conversation_can_be_blocked(two):
    Web(two.b).post(f"/api/conversations/{two.conversation.id}/end")
    assert Web(two.a).post(BLOCKS, in_chat(two)).status_code == 201


def test_a_match_is_blocked_before_a_word_was_said(db, now):
    match = make_match(make_user().id, make_user().id)
    reply = Web(match.user_a_id).post(BLOCKS, {"match_id": str(match.id)})
    match.refresh_from_db()
    assert (reply.status_code, reply.json()["alias"], match.status) == (201, "Your match", MatchStatus.CLOSED)


def test_a_match_with_a_conversation_is_blocked_by_the_pseudonym(two):
    reply = Web(two.a).post(BLOCKS, {"match_id": str(two.match.id)})
    assert (reply.status_code, reply.json()["alias"]) == (201, two.conversation.pseudonym_b)


def test_who_is_disclosed_is_blocked_by_the_name_they_show(two):
    Profile.objects.update_or_create(user_id=two.b, defaults={"nickname": "Grace"})
    show(two.a, two.b)
    reply = Web(two.a).post(BLOCKS, {"user_id": str(two.b)})
    assert (reply.status_code, reply.json()["alias"]) == (201, "Grace")


def test_a_face_alone_gives_no_name_away(two):
    Profile.objects.update_or_create(user_id=two.b, defaults={"nickname": "Grace"})
    show(two.a, two.b, DisclosureLevel.FACE)
    reply = Web(two.a).post(BLOCKS, {"user_id": str(two.b)})
    assert (reply.status_code, reply.json()["alias"]) == (201, "Someone")


def test_a_former_connection_can_still_be_blocked(two, now):
    edges.form(first=two.a, second=two.b, origin=Origin.COMPATIBILITY, match=None, now=now)
    edges.end_between(first=two.a, second=two.b, by=two.b, reason="ended", now=now)
    assert Web(two.a).post(BLOCKS, {"user_id": str(two.b)}).status_code == 201


def test_who_was_disclosed_and_is_blocked_is_blocked_again_alike(two):
    show(two.a, two.b)
    replies = [Web(two.a).post(BLOCKS, {"user_id": str(two.b)}) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]


def test_an_anonymous_person_cannot_be_named(two):
    reply = Web(two.a).post(BLOCKS, {"user_id": str(two.b)})
    assert (answer(reply), Block.objects.exists()) == ((404, "not_found"), False)


def test_whoever_is_blocked_anonymously_cannot_be_found_out_by_their_id(two):
    """The same block as the answer would say who the pseudonym is."""
    Web(two.a).post(BLOCKS, in_chat(two))
    assert answer(Web(two.a).post(BLOCKS, {"user_id": str(two.b)})) == (404, "not_found")


def test_an_unknown_person_costs_what_a_missing_one_does(two):
    client, counts = Web(two.a), []
    for person in (two.b, uuid4()):
        with CaptureQueriesContext(connection) as queries:
            assert answer(client.post(BLOCKS, {"user_id": str(person)})) == (404, "not_found")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["conversation_id", "match_id"])
def test_what_is_somebody_elses_is_not_there(two, name):
    target = {"conversation_id": two.conversation.id, "match_id": two.match.id}[name]
    stranger = Web(make_user().id)
    theirs, nobodys = (stranger.post(BLOCKS, {name: str(one)}) for one in (target, uuid4()))
    assert answer(theirs) == answer(nobodys) == (404, "not_found")
    assert not Block.objects.exists()


@pytest.mark.parametrize("names", [(), ("conversation_id", "match_id"), ("match_id", "user_id")])
def test_exactly_one_is_named(two, names):
    reply = Web(two.a).post(BLOCKS, {name: str(uuid4()) for name in names})
    assert answer(reply) == (400, "block_target")


def test_nobody_blocks_themselves(two):
    assert answer(Web(two.a).post(BLOCKS, {"user_id": str(two.a)})) == (404, "not_found")


def test_the_list_shows_ones_own_newest_first(two):
    other = make_two(first=two.a)
    for room in (two, other):
        Web(two.a).post(BLOCKS, in_chat(room))
    aliases = [shown["alias"] for shown in Web(two.a).get(BLOCKS).json()["results"]]
    assert aliases == [room.conversation.pseudonym_of(room.conversation.other(two.a)) for room in (other, two)]


def test_the_blocked_one_finds_nothing_in_theirs(two):
    Web(two.a).post(BLOCKS, in_chat(two))
    assert Web(two.b).get(BLOCKS).json()["results"] == []


def test_the_pseudonym_stays_after_the_account_is_gone(two):
    Web(two.a).post(BLOCKS, in_chat(two))
    User.objects.filter(id=two.b).delete()
    (shown,) = Web(two.a).get(BLOCKS).json()["results"]
    assert shown["alias"] == two.conversation.pseudonym_b


def test_neither_list_nor_answer_names_anybody(two):
    replies = [Web(two.a).post(BLOCKS, in_chat(two)), Web(two.a).get(BLOCKS)]
    assert not any(str(two.b) in reply.content.decode() for reply in replies)


def test_the_list_takes_the_same_queries_however_long_it_is(two):
    client, counts = Web(two.a), []
    for length in (1, 4):
        for _ in range(length):
            client.post(BLOCKS, in_chat(make_two(first=two.a)))
        with CaptureQueriesContext(connection) as queries:
            client.get(BLOCKS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_its_author_lifts_it(two):
    block = Web(two.a).post(BLOCKS, in_chat(two)).json()["id"]
    assert Web(two.a).delete(f"{BLOCKS}/{block}").status_code == 204
    assert not Block.objects.between(two.a, two.b).exists()
    assert answer(Web(two.a).delete(f"{BLOCKS}/{block}")) == (404, "not_found")


def test_the_block_of_a_report_can_be_lifted(two):
    body = {"blindChatId": str(two.conversation.id), "reason": ReportReason.SPAM, "details": ""}
    Web(two.a).post("/connect/report", body)
    (shown,) = Web(two.a).get(BLOCKS).json()["results"]
    assert (shown["source"], Web(two.a).delete(f"{BLOCKS}/{shown['id']}").status_code) == ("report", 204)


@pytest.mark.parametrize("who", ["blocked", "stranger"])
def test_nobody_else_lifts_it(two, who):
    block = Web(two.a).post(BLOCKS, in_chat(two)).json()["id"]
    other = Web(two.b if who == "blocked" else make_user().id)
    theirs, nobodys = (other.delete(f"{BLOCKS}/{one}") for one in (block, uuid4()))
    assert answer(theirs) == answer(nobodys) == (404, "not_found")
    assert Block.objects.between(two.a, two.b).exists()


def test_a_lifted_block_brings_nothing_back(two):
    block = Web(two.a).post(BLOCKS, in_chat(two)).json()["id"]
    Web(two.a).delete(f"{BLOCKS}/{block}")
    assert Web(two.b).get(f"/api/conversations/{two.conversation.id}").json()["state"] == "closed"


@pytest.mark.django_db(transaction=True)
def test_of_blocks_at_once_one_is_made():
    two, together = make_two(), Barrier(6)

    def block(_):
        together.wait()
        try:
            return Web(two.a).post(BLOCKS, in_chat(two)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(block, range(6))) == [200] * 5 + [201]
    assert Block.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_may_block_each_other_at_once():
    two, together = make_two(), Barrier(2)

    def block(person):
        together.wait()
        try:
            return Web(person).post(BLOCKS, in_chat(two)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(block, [two.a, two.b])) == [201, 201]


def test_a_carried_block_that_is_made_again_is_one_of_its_own(two, now):
    """The first pseudonym must not say who the second one is."""
    first = Block.objects.create(blocker_id=two.a, source=BlockSource.MANUAL, alias="Quiet Fox")
    Block.objects.create(
        blocker_id=two.a, blocked_id=two.b, source=BlockSource.MANUAL, alias="Quiet Fox", carried_from=first
    )
    made, created = chat_blocks.block_in_conversation(conversation_id=two.conversation.id, by=two.a, now=now)
    assert (created, made.alias, made.carried_from_id) == (True, two.conversation.pseudonym_b, None)
    aliases = {shown["alias"] for shown in Web(two.a).get(BLOCKS).json()["results"]}
    assert aliases == {"Quiet Fox", two.conversation.pseudonym_b}
