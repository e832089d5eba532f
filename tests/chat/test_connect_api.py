"""The conversation half of /connect/*."""

from uuid import uuid4

import pytest
from django.utils import timezone

from chat.enums import CloseReason
from chat.models import Message
from chat.services import conversations
from connect.models import ConnectProfile
from matching.enums import MatchStatus
from safety.models import Report
from safety.services import reports as safety_reports
from tests.chat.people import Web, make_match, make_two, make_user

NOBODYS = "01890000-0000-7000-8000-000000000000"


def send(two, text="Hello", *, by=None, **more):
    body = {"blindChatId": str(two.conversation.id), "message": text, **more}
    return Web(by or two.a).post("/connect/chat", body)


def read(two, *, by=None, **more):
    return Web(by or two.b).get("/connect/chat", blindChatId=str(two.conversation.id), **more)


def reveal(two, action, *, by=None, reveal_id=None, key=None):
    target = {"revealId": reveal_id} if reveal_id else {"matchId": str(two.match.id)}
    return Web(by or two.a).post("/connect/reveal", {**target, "action": action}, key=key)


# chat


def test_sending_answers_with_id_and_time(two):
    reply = send(two)
    stored = Message.objects.get()
    assert reply.status_code == 200
    assert reply.json() == {
        "ok": True,
        "messageId": str(stored.id),
        "createdAt": stored.sent_at.isoformat().replace("+00:00", "Z"),
        "status": "sent",
        "notice": None,
    }


def test_the_other_reads_it_under_a_pseudonym(two):
    sent = send(two, "Good evening").json()
    page = read(two).json()
    assert page == {
        "ok": True,
        "lastSeq": 2,
        "messages": [
            {
                "messageId": sent["messageId"],
                "seq": 2,
                "type": "text",
                "sender": two.conversation.pseudonym_a,
                "fromMe": False,
                "text": "Good evening",
                "image": None,
                "createdAt": sent["createdAt"],
                "readAt": None,
                "retracted": False,
                "warning": None,
            }
        ],
    }


def test_nothing_in_an_answer_names_the_other(two):
    send(two)
    assert str(two.a) not in read(two).content.decode()


def test_the_same_client_id_is_the_same_message(two):
    assert send(two, clientId="x").json() == send(two, clientId="x").json()
    assert Message.objects.count() == 1


def test_without_a_client_id_each_is_its_own(two):
    send(two)
    send(two)
    assert Message.objects.count() == 2


def test_reading_on_gives_only_what_is_new(two):
    send(two, "one")
    seq = read(two).json()["lastSeq"]
    send(two, "two")
    assert [m["text"] for m in read(two, afterSeq=seq).json()["messages"]] == ["two"]


def test_a_full_page_says_how_far_it_goes(two):
    for number in range(3):
        send(two, str(number))
    page = read(two, limit=2).json()
    assert page["lastSeq"] == page["messages"][-1]["seq"]
    assert [m["text"] for m in read(two, afterSeq=page["lastSeq"]).json()["messages"]] == ["2"]


@pytest.mark.parametrize(
    ("text", "code"), [("", "message_empty"), (" \n ", "message_empty"), ("x" * 10_000, "message_too_long")]
)
def test_a_message_nobody_can_read_is_refused(two, text, code):
    reply = send(two, text)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not Message.objects.exists()


def test_an_unknown_field_is_refused_by_name(two):
    reply = send(two, extra=1)
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert "extra" in reply.json()["details"]


def test_a_strangers_chat_is_no_chat(two):
    stranger = make_user().id
    theirs, nobodys = send(two, by=stranger), None
    nobodys = Web(stranger).post("/connect/chat", {"blindChatId": NOBODYS, "message": "Hello"})
    assert theirs.status_code == nobodys.status_code == 404
    assert read(two, by=stranger).status_code == 404


def test_after_the_end_nobody_writes(two):
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now())
    reply = send(two)
    assert (reply.status_code, reply.json()["code"]) == (409, "conversation_closed")


def test_an_altered_message_is_a_clear_refusal(two):
    send(two)
    Message.objects.update(content_ciphertext=b"0" * 40)
    reply = read(two)
    assert (reply.status_code, reply.json()["code"]) == (409, "message_unreadable")


# reveal


def test_the_handshake(two):
    asked = reveal(two, "request").json()
    assert asked["revealState"] == "pending"
    answered = reveal(two, "accept", by=two.b, reveal_id=asked["revealId"])
    assert answered.json() == {"ok": True, "revealState": "mutual", "revealId": asked["revealId"]}


def test_declining(two):
    asked = reveal(two, "request").json()
    assert reveal(two, "decline", by=two.b, reveal_id=asked["revealId"]).json()["revealState"] == "declined"


def test_withdrawing(two):
    reveal(two, "request")
    assert reveal(two, "withdraw").json()["revealState"] == "none"


def test_not_showing_oneself_after_all_is_never_too_fast(two, settings):
    settings.LIMITS = settings.LIMITS | {"reveal": {"account": "1/day", "sensitive": True}}
    assert reveal(two, "request").status_code == 200
    assert reveal(two, "withdraw").json()["revealState"] == "none"
    assert reveal(two, "request").json()["code"] == "rate_limited"


def test_the_same_key_answers_the_same(two):
    first, again = reveal(two, "request", key="k1"), reveal(two, "request", key="k1")
    assert first.json() == again.json()


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_answering_needs_the_reveals_own_id(two, action):
    reply = reveal(two, action)
    assert (reply.status_code, reply.json()["code"]) == (400, "reveal_target")


def test_before_both_accepted_there_is_nothing_to_reveal(db):
    match = make_match(make_user().id, make_user().id)
    reply = Web(match.user_a_id).post("/connect/reveal", {"matchId": str(match.id), "action": "request"})
    assert reply.status_code == 404


def test_a_strangers_match_is_no_match(two):
    assert reveal(two, "request", by=make_user().id).status_code == 404


# report


def test_a_report_freezes_what_was_said_and_separates(two):
    send(two, "something cruel", by=two.b)
    reply = Web(two.a).post(
        "/connect/report",
        {"blindChatId": str(two.conversation.id), "reason": "harassment", "details": "See the last line."},
    )
    report = Report.objects.get()
    assert reply.json() == {"ok": True, "reportId": str(report.id)}
    assert (report.reporter_id, report.reported_id) == (two.a, two.b)
    assert b"something cruel" in safety_reports.read_evidence(report=report, by=uuid4())
    assert two.fresh().close_reason == CloseReason.BLOCKED


def test_evidence_names_sides_and_pseudonyms_only(two):
    send(two, "something cruel", by=two.b)
    Web(two.a).post("/connect/report", {"blindChatId": str(two.conversation.id), "reason": "threat"})
    evidence = safety_reports.read_evidence(report=Report.objects.get(), by=uuid4()).decode()
    assert two.conversation.pseudonym_b in evidence
    assert str(two.b) not in evidence


def test_a_report_survives_a_message_that_does_not_open(two):
    send(two, by=two.b)
    Message.objects.update(content_ciphertext=b"0" * 40)
    reply = Web(two.a).post("/connect/report", {"matchId": str(two.match.id), "reason": "spam"})
    assert reply.status_code == 200


def test_a_proposal_can_be_reported(db):
    match = make_match(make_user().id, make_user().id)
    reply = Web(match.user_a_id).post("/connect/report", {"matchId": str(match.id), "reason": "other"})
    match.refresh_from_db()
    assert (reply.status_code, match.status) == (200, MatchStatus.CLOSED)


def test_a_report_is_about_one_thing(two):
    both = {"matchId": str(two.match.id), "blindChatId": str(two.conversation.id), "reason": "spam"}
    for body in (both, {"reason": "spam"}):
        reply = Web(two.a).post("/connect/report", body)
        assert (reply.status_code, reply.json()["code"]) == (400, "report_target")


def test_a_stranger_cannot_report_them(two):
    body = {"blindChatId": str(two.conversation.id), "reason": "spam"}
    assert Web(make_user().id).post("/connect/report", body).status_code == 404


# status


def stage(user_id) -> dict:
    reply = Web(user_id).get("/connect/status")
    assert reply.status_code == 200
    return reply.json()


def test_who_has_not_opted_in_is_inactive(db):
    user = make_user()
    ConnectProfile.objects.update(is_active=False)
    nothing = {"matchId": None, "blindChatId": None, "revealState": None, "revealId": None}
    assert stage(user.id) == {"ok": True, "active": False, "current": {"stage": "inactive", **nothing}}


def test_without_a_match_one_waits(db):
    assert stage(make_user().id)["current"]["stage"] == "waiting"


def test_a_proposal_is_found_and_then_waits_for_the_other(db):
    match = make_match(make_user().id, make_user().id)
    assert stage(match.user_a_id)["current"]["stage"] == "match_found"
    Web(match.user_a_id).post("/connect/respond", {"matchId": str(match.id), "action": "accept"})
    assert stage(match.user_a_id)["current"]["stage"] == "waiting_for_other"
    assert stage(match.user_b_id)["current"]["stage"] == "match_found"


def test_two_acceptances_open_the_chat(db):
    match = make_match(make_user().id, make_user().id)
    body = {"matchId": str(match.id), "action": "accept"}
    Web(match.user_a_id).post("/connect/respond", body)
    assert Web(match.user_b_id).post("/connect/respond", body).json()["status"] == "accepted_both"
    match.refresh_from_db()
    current = stage(match.user_a_id)["current"]
    assert (current["stage"], current["blindChatId"]) == ("blind_chat", str(match.conversation.id))
    assert match.status == MatchStatus.BLIND_CHAT_ACTIVE


def test_a_chat_says_how_far_the_reveal_is(two):
    assert stage(two.a)["current"]["revealState"] == "none"
    asked = reveal(two, "request").json()
    assert stage(two.b)["current"] == {
        "stage": "reveal_pending",
        "matchId": str(two.match.id),
        "blindChatId": str(two.conversation.id),
        "revealState": "pending",
        "revealId": asked["revealId"],
    }
    reveal(two, "accept", by=two.b, reveal_id=asked["revealId"])
    assert stage(two.a)["current"]["stage"] == "revealed"


def test_after_the_end_one_waits_again(two):
    Web(two.a).post(f"/api/conversations/{two.conversation.id}/end")
    assert stage(two.b)["current"]["stage"] in {"waiting", "pool_exhausted"}


def test_nobody_comes_in_without_a_token(two):
    web = Web(two.a)
    web._client.credentials()
    for path in ("/connect/status", "/connect/chat", "/api/conversations"):
        assert web.get(path).status_code == 401


def test_a_person_has_several_chats_one_after_the_other(two):
    Web(two.a).post(f"/api/conversations/{two.conversation.id}/end")
    second = make_two(two.a)
    assert stage(two.a)["current"]["blindChatId"] == str(second.conversation.id)
