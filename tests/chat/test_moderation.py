"""What becomes of a text in the message path: each decision over the socket, /api and /connect."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.calls import in_thread
from chat.models import HeldMessage, Message
from chat.services import messages
from chat.services.drafts import draft
from chat.services.receipts import receipt
from chat.services.reports import conversation_evidence
from connect.models import Notification, Profile
from safety.models import SafetyFlag
from safety.roles import acting_as, as_service
from tests import words
from tests.chat.batches import answer, batches, gather, numbers_of, post, texts_of
from tests.chat.moderation import flags, held
from tests.chat.people import Web, frames, new_two, said, send

__all__ = ["batches", "gather"]


def api(two, text, **more):
    return Web(two.a).post(f"/api/conversations/{two.conversation.id}/messages", {"text": text, **more})


def connect_api(two, text, **more):
    return Web(two.a).post("/connect/chat", {"blindChatId": str(two.conversation.id), "message": text, **more})


ways = pytest.mark.parametrize("say", [api, connect_api], ids=["api", "connect"])


# Over HTTP.


@ways
def test_an_ordinary_text_is_sent(two, say):
    reply = say(two, "Good evening").json()
    assert (reply["status"], reply["notice"]) == ("sent", None)


@ways
def test_a_warned_text_is_delivered_and_its_sender_told(two, say):
    reply = say(two, words.WARNED)
    assert (reply.json()["status"], reply.json()["notice"]["label"]) == ("sent", "off_platform")
    assert Message.objects.get().moderation_label == "off_platform"


@ways
def test_a_held_text_is_kept_without_a_number(two, say):
    reply = say(two, words.HELD)
    assert (reply.status_code < 300, reply.json()["status"]) == (True, "held")
    assert (Message.objects.get().seq, HeldMessage.objects.get().label) == (None, "sexual_solicitation")


def test_its_answer_has_no_number_either(two):
    assert api(two, words.HELD).json()["seq"] is None


@ways
def test_a_refused_text_is_not_stored(two, say):
    reply = say(two, words.REFUSED)
    body = reply.json()
    assert (reply.status_code, body["code"], body["details"]) == (400, "message_refused", {"label": "threat"})
    assert not Message.objects.exists()


@ways
@pytest.mark.parametrize("text", [words.WARNED, words.HELD, words.REFUSED])
def test_sent_again_it_gets_the_same_answer(two, say, text):
    key = "client_id" if say is api else "clientId"
    first, again = (say(two, text, **{key: "x1"}) for _ in range(2))
    different = {"request_id", "requestId"}
    assert first.status_code == again.status_code
    assert {k: v for k, v in first.json().items() if k not in different} == {
        k: v for k, v in again.json().items() if k not in different
    }
    assert Message.objects.count() == (text != words.REFUSED)


@ways
def test_a_refused_client_id_may_say_something_else(two, say):
    key = "client_id" if say is api else "clientId"
    say(two, words.REFUSED, **{key: "x1"})
    assert say(two, "Good evening", **{key: "x1"}).json()["status"] == "sent"


def test_what_was_said_before_a_rule_came_stays_said(two, monkeypatch):
    first = send(two, "an innocent giraffe", client_id="x1")
    fiercer = words.Rulebook([words.rule("innocent giraffe", words.Label.THREAT, 95)])
    fiercer._due = float("inf")
    monkeypatch.setattr("safety.rulebook.book", lambda: fiercer)
    assert send(two, "an innocent giraffe", client_id="x1").id == first.id


# What the other is told.


def lines(two, viewer, path="/api/conversations/{}/messages"):
    return Web(viewer).get(path.format(two.conversation.id)).json()["messages"]


def test_the_other_is_warned_and_the_sender_is_not(two):
    send(two, words.MONEY)
    assert [lines(two, viewer)[0]["warning"] for viewer in (two.a, two.b)] == [None, "scam_money"]


def test_in_connect_too(two):
    send(two, words.MONEY)
    reply = Web(two.b).get("/connect/chat", blindChatId=str(two.conversation.id)).json()
    assert reply["messages"][0]["warning"] == "scam_money"


def test_the_frames_say_the_same(two):
    send(two, words.MONEY)
    assert [frames(two, viewer)[-1].data["warning"] for viewer in (two.a, two.b)] == [None, "scam_money"]


def test_of_despair_the_other_gets_no_label(two):
    send(two, words.SELF_HARM)
    assert frames(two, two.b)[-1].data["warning"] is None


# Despair.


@pytest.mark.parametrize(
    ("country", "languages", "line"),
    [
        ("DE", ["de"], "0800 1110111"),
        ("", ["de"], "0800 1110111"),
        ("US", ["en"], "988"),
        ("GB", ["en"], "116 123"),
        ("IE", [], "116 123"),
        ("FR", ["fr"], "findahelpline.com"),
        ("", [], "findahelpline.com"),
    ],
)
def test_a_cry_for_help_is_delivered_and_answered_with_help(two, country, languages, line):
    Profile.objects.create(user_id=two.a, country=country, languages=languages)
    told = receipt(send(two, words.SELF_HARM))
    assert (told["status"], told["notice"]["label"], line in told["notice"]["text"]) == ("sent", "self_harm", True)


def test_help_is_told_in_the_persons_language(two):
    Profile.objects.create(user_id=two.a, country="DE", languages=["fr", "de"])
    assert "Notruf" in receipt(send(two, words.SELF_HARM))["notice"]["text"]


def test_without_a_profile_help_is_told_all_the_same(two):
    assert "findahelpline.com" in receipt(send(two, words.SELF_HARM))["notice"]["text"]


# Silent flags.


def test_a_minor_is_delivered_and_flagged(two):
    message = send(two, words.MINOR)
    flag = SafetyFlag.objects.get()
    assert (message.seq, frames(two, two.b)[-1].data["warning"]) == (2, "minor_risk")
    assert (flag.user_id, flag.kind, flag.source_id, flag.data) == (
        two.a,
        "risky_text",
        message.id,
        {"label": "minor_risk", "risk": 90},
    )


@ways
def test_who_keeps_trying_what_is_refused_is_flagged(two, say, settings):
    settings.REFUSED_BEFORE_FLAG = 3
    for number in range(3):
        assert flags() == []
        say(two, words.REFUSED, **{"client_id" if say is api else "clientId": f"{number}"})
    assert flags() == [("risky_text", {"refused": 3, "label": "threat"})]


def test_one_refused_text_sent_again_is_one_try(two):
    for _ in range(5):
        api(two, words.REFUSED, client_id="x1")
    assert flags() == []


# Queries.


def queries_of(two, text):
    with CaptureQueriesContext(connection) as asked:
        send(two, text)
    return len(asked)


def test_a_labelled_text_costs_no_more_than_an_ordinary_one(two):
    send(two)
    send(two, by=two.b)
    assert queries_of(two, "Good evening") == queries_of(two, words.WARNED)


def test_an_ordinary_text_is_four_statements(two):
    """Into the service's role, the lock, the message with all that hangs on it, and out again."""
    send(two)
    assert queries_of(two, "Good evening") == 4


# In a batch.


def together(*drafts):
    with transaction.atomic(), as_service():
        return messages.send_together(drafts, now=timezone.now())


def drafted(two, text, by=None, client_id="c"):
    return draft(conversation_id=two.conversation.id, by=by or two.a, client_id=client_id, text=text)


def test_a_batch_leaves_out_what_is_held_or_refused(two):
    texts = ["plain", words.WARNED, words.HELD, words.REFUSED, words.MINOR]
    drafts = [drafted(two, text, client_id=text) for text in texts]
    assert [said.text for said in together(*drafts)] == ["plain", words.WARNED, words.MINOR]
    assert flags() == [("risky_text", {"label": "minor_risk", "risk": 90})]


def test_a_held_text_keeps_its_client_id_from_the_next(two):
    drafts = [drafted(two, words.HELD, client_id="x1"), drafted(two, "plain", client_id="x1")]
    assert together(*drafts) == {}


def test_any_number_of_labels_takes_the_same_statements(two):
    send(two)
    with CaptureQueriesContext(connection) as one:
        together(drafted(two, words.WARNED, client_id="1"))
    with CaptureQueriesContext(connection) as many:
        together(*(drafted(two, words.WARNED, client_id=f"m{n}") for n in range(9)))
    assert len(one) == len(many)


@pytest.mark.django_db(transaction=True)
async def test_sockets_that_say_all_at_once_get_each_their_own_answer(connect, gather, batches):
    texts = ["plain", words.WARNED, words.HELD, words.REFUSED, words.SELF_HARM]
    rooms = [await new_two() for _ in texts]
    clients = [await connect(two.a) for two in rooms]
    gather(len(texts))
    for client, two, text in zip(clients, rooms, texts, strict=True):
        await post(client, two, text)
    answers = [(await answer(client))["data"] for client in clients]
    assert [told.get("status", told.get("code")) for told in answers] == [
        *("sent", "sent", "held", "message_refused", "sent")
    ]
    assert [(told.get("notice") or {}).get("label") for told in answers] == [
        *(None, "off_platform", "sexual_solicitation", None, "self_harm")
    ]
    assert [await numbers_of(two) for two in rooms] == [[1, 2], [1, 2], [1], [1], [1, 2]]
    assert (batches, [await texts_of(two) for two in rooms]) == ([5], [1, 1, 1, 0, 1])


@pytest.mark.django_db(transaction=True)
async def test_over_the_socket_a_refusal_leaves_its_trace(connect, settings):
    settings.REFUSED_BEFORE_FLAG = 2
    two = await new_two()
    client = await connect(two.a)
    answers = [await said(client, two, words.REFUSED, client_id=f"{n}") for n in range(2)]
    assert [told["data"]["code"] for told in answers] == ["message_refused"] * 2
    assert await in_thread(flags)() == [("risky_text", {"refused": 2, "label": "threat"})]


@pytest.mark.django_db(transaction=True)
async def test_over_the_socket_the_other_hears_of_a_held_text_nothing(connect):
    two = await new_two()
    sender, other = await connect(two.a), await connect(two.b)
    ack = await said(sender, two, words.HELD)
    assert (ack["data"]["status"], ack["data"]["seq"]) == ("held", None)
    assert await other.silent("chat.message")
    assert other.told == []


# What the other learns of a held message.


def seen_by(user_id, two):
    """Everything the API tells a person of a conversation."""
    web, path = Web(user_id), f"/api/conversations/{two.conversation.id}"
    return [
        web.get("/api/conversations").json(),
        web.get(path).json(),
        web.get(f"{path}/messages").json(),
        web.get("/connect/chat", blindChatId=str(two.conversation.id)).json(),
        web.get("/api/notifications").json(),
        [frame.data for frame in frames(two, user_id)],
    ]


def test_the_other_sees_the_same_before_and_after(two):
    send(two)
    before = seen_by(two.b, two)
    held(two)
    assert seen_by(two.b, two) == before


def test_reading_marks_nothing_that_was_not_said(two):
    seq = send(two).seq
    message = held(two)
    assert messages.read(conversation_id=two.conversation.id, by=two.b, seq=seq, now=timezone.now()) == 1
    message.refresh_from_db()
    assert message.read_at is None


def test_the_next_message_notifies_as_if_nothing_waited(two):
    held(two)
    assert send(two).seq == 2
    assert Notification.objects.filter(user=two.b, type="new_message").count() == 1


def test_a_report_shows_what_was_said(two):
    held(two)
    send(two, "spoken")
    assert [line["text"] for line in conversation_evidence(two.conversation.id, two.b)["messages"]] == ["spoken"]


def test_the_database_itself_hides_it_from_the_other(two):
    held(two)
    found = []
    for person in (two.a, two.b):
        with transaction.atomic(), acting_as(person):
            found.append(Message.objects.count())
    assert found == [1, 0]
