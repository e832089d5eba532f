"""/api/conversations."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.models import Profile
from matching.enums import ConnectionStatus
from matching.models import Connection
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.people import Web, frames, make_two, make_user


def path(two, rest=""):
    return f"/api/conversations/{two.conversation.id}{rest}"


def say(two, text="Hello", *, by=None, **more):
    return Web(by or two.a).post(path(two, "/messages"), {"text": text, **more})


def reveal(two):
    asked = Web(two.a).post("/connect/reveal", {"matchId": str(two.match.id), "action": "request"}).json()
    Web(two.b).post("/connect/reveal", {"revealId": asked["revealId"], "action": "accept"})


def test_the_list_shows_pseudonym_and_unread(two):
    say(two)
    say(two)
    (shown,) = Web(two.b).get("/api/conversations").json()["results"]
    assert {name: shown[name] for name in ("id", "kind", "state", "pseudonym", "unread", "last_seq")} == {
        "id": str(two.conversation.id),
        "kind": "blind",
        "state": "anonymous",
        "pseudonym": two.conversation.pseudonym_a,
        "unread": 2,
        "last_seq": 3,
    }


def test_the_list_names_nobody(two):
    assert str(two.a) not in Web(two.b).get("/api/conversations").content.decode()


def test_after_the_reveal_it_names_the_other(two):
    reveal(two)
    assert Web(two.b).get(path(two)).json()["peer_id"] == str(two.a)


def test_and_after_the_end_no_more(two):
    reveal(two)
    Web(two.a).post(path(two, "/end"))
    assert Web(two.b).get(path(two)).json()["peer_id"] is None


def test_nor_are_they_connected_or_shown_to_each_other(two):
    def seen():
        return [Web(me).get(f"/api/people/{other}").status_code for me, other in ((two.a, two.b), (two.b, two.a))]

    Profile.objects.bulk_create([Profile(user_id=two.a), Profile(user_id=two.b)])
    reveal(two)
    assert seen() == [200, 200]
    Web(two.a).post(path(two, "/end"))
    assert seen() == [404, 404]
    assert Connection.objects.get().status == ConnectionStatus.TERMINATED


def test_a_blocked_pair_ends_blocked(two):
    reveal(two)
    with transaction.atomic():
        blocks.block(by=two.a, other=two.b, source=BlockSource.MANUAL, now=timezone.now())
    assert Connection.objects.get().status == ConnectionStatus.BLOCKED


def test_nor_do_its_events(two):
    reveal(two)
    shown = [frame.data.get("peer_id") for frame in frames(two, two.b)]
    Web(two.a).post(path(two, "/end"))
    assert str(two.a) in shown
    assert str(two.a) not in [frame.data.get("peer_id") for frame in frames(two, two.b)]


def test_the_newest_words_come_first(two):
    other = make_two(two.a)
    say(two)
    listed = Web(two.a).get("/api/conversations").json()["results"]
    assert [entry["id"] for entry in listed] == [str(two.conversation.id), str(other.conversation.id)]


def test_the_cursor_walks_all_of_them(two):
    others = [make_two(two.a) for _ in range(2)]
    web, seen, reply = Web(two.a), [], None
    reply = web.get("/api/conversations", limit=1).json()
    while True:
        seen += [entry["id"] for entry in reply["results"]]
        if reply["next"] is None:
            break
        reply = web._client.get(reply["next"]).json()
    assert seen == [str(t.conversation.id) for t in (*reversed(others), two)]


@pytest.mark.parametrize("cursor", ["nonsense", "cD1ub25zZW5zZQ=="])
def test_a_cursor_that_is_not_ours_is_refused(two, cursor):
    assert Web(two.a).get("/api/conversations", cursor=cursor).status_code == 400


def test_the_list_takes_the_same_queries_however_long(two):
    web = Web(two.a)
    with CaptureQueriesContext(connection) as few:
        web.get("/api/conversations")
    for _ in range(5):
        say(make_two(two.a))
    with CaptureQueriesContext(connection) as many:
        assert len(web.get("/api/conversations").json()["results"]) == 6
    reads = [[q for q in run.captured_queries if "chat_conversation" in q["sql"]] for run in (few, many)]
    assert len(reads[0]) == len(reads[1]) == 1
    assert len(few) == len(many)


def test_a_stranger_sees_none_of_it(two):
    web = Web(make_user().id)
    assert web.get("/api/conversations").json() == {"results": [], "next": None}
    assert web.get(path(two)).status_code == 404


@pytest.mark.parametrize("rest", ["/messages", "/read", "/end"])
def test_a_stranger_changes_none_of_it(two, rest):
    body = {"/messages": {"text": "x"}, "/read": {"seq": 1}, "/end": {}}[rest]
    assert Web(make_user().id).post(path(two, rest), body).status_code == 404


def test_sending_and_reading(two):
    sent = say(two, "Good evening")
    (shown,) = Web(two.b).get(path(two, "/messages")).json()["messages"]
    assert sent.status_code == 201
    assert (shown["message_id"], shown["text"]) == (sent.json()["message_id"], "Good evening")
    assert (shown["sender"], shown["from_me"]) == (two.conversation.pseudonym_a, False)


def test_the_same_client_id_is_the_same_message(two):
    assert say(two, client_id="x").json() == say(two, client_id="x").json()


def test_the_same_client_id_with_another_text_is_refused(two):
    say(two, client_id="x")
    reply = say(two, "other", client_id="x")
    assert (reply.status_code, reply.json()["code"]) == (422, "client_id_reused")


def test_reading_clears_the_count(two):
    seq = say(two).json()["seq"]
    assert Web(two.b).post(path(two, "/read"), {"seq": seq}).json() == {"marked": 1}
    assert Web(two.b).get(path(two)).json()["unread"] == 0


def test_taking_back(two):
    seq = say(two).json()["seq"]
    assert Web(two.a).delete(path(two, f"/messages/{seq}")).json() == {"seq": seq, "retracted": True}
    (shown,) = Web(two.b).get(path(two, "/messages")).json()["messages"]
    assert (shown["text"], shown["retracted"]) == (None, True)


def test_taking_back_what_is_not_there(two):
    say(two, by=two.b)
    assert Web(two.a).delete(path(two, "/messages/2")).status_code == 404
    assert Web(two.a).delete(path(two, "/messages/99")).status_code == 404


def test_ending_is_told_without_why(two):
    assert Web(two.a).post(path(two, "/end")).json() == {"state": "closed"}
    shown = Web(two.b).get(path(two)).json()
    assert shown["state"] == "closed"
    assert "reason" not in str(shown)


def test_ending_twice_is_once(two):
    Web(two.a).post(path(two, "/end"))
    assert Web(two.b).post(path(two, "/end")).json() == {"state": "closed"}
