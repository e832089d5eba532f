"""What was done about a person, as they see it, and their appeals."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from safety.models import Appeal, IdempotencyKey
from safety.services import actions, appeals
from tests.safety.cases import BAN, WARNING, WEEK, moderator, taken
from tests.safety.rows import person

pytestmark = pytest.mark.django_db
ACTIONS, APPEALS = "/api/moderation_actions", "/api/appeals"


@pytest.fixture
def user(db):
    return person()


@pytest.fixture
def client(api, user):
    return api(user)


def listed(client, path=ACTIONS):
    response = client.get(path)
    assert response.status_code == 200
    return response.json()["results"]


def make(client, action, key=None, **fields):
    return client.post(APPEALS, {"action_id": str(action.id), "text": "I did not.", **fields}, key=key)


# Actions.


def test_one_sees_what_was_done_why_and_until_when(client, user, now):
    action = taken(user.id, WEEK, now)
    (shown,) = listed(client)
    assert shown == {
        "id": str(action.id),
        "kind": "suspension",
        "reason": "harassment",
        "statement_of_reasons": "You insulted somebody.",
        "created_at": shown["created_at"],
        "expires_at": (now + timedelta(days=7)).isoformat().replace("+00:00", "Z"),
        "revoked_at": None,
        "carried_over": False,
        "in_force": True,
        "appealable": True,
        "appeal": None,
    }


def test_nobody_learns_who_did_it(client, user, now):
    action = taken(user.id, BAN, now)
    assert str(action.by_id) not in client.get(ACTIONS).content.decode()


def test_others_actions_are_not_listed(client, now):
    taken(person().id, BAN, now)
    assert listed(client) == []


def test_the_newest_comes_first(client, user, now):
    made = [taken(user.id, WARNING, now) for _ in range(3)]
    assert [shown["id"] for shown in listed(client)] == [str(action.id) for action in reversed(made)]


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_what_is_over_is_not_in_force(client, user, now, end):
    action = taken(user.id, WEEK, now - timedelta(days=8 if end == "expired" else 0))
    if end == "revoked":
        actions.revoke(action=action.id, by=moderator(), reason="a mistake", now=now)
    (shown,) = listed(client)
    assert (shown["in_force"], shown["appealable"]) == (False, end == "expired")


def test_an_action_shows_its_appeal(client, user, now):
    appeal = make(client, taken(user.id, BAN, now)).json()
    (shown,) = listed(client)
    assert (shown["appealable"], shown["appeal"]) == (False, {"id": appeal["id"], "status": "open"})


@pytest.mark.parametrize("path", [ACTIONS, APPEALS])
def test_a_list_takes_as_many_queries_for_ten_as_for_one(client, user, now, path):
    def queries(more):
        for _ in range(more):
            appeals.file(action=taken(user.id, WARNING, now).id, by=user.id, text="x", now=now)
        with CaptureQueriesContext(connection) as counted:
            listed(client, path)
        return len(counted)

    assert queries(1) == queries(9)


# Appeals.


def test_an_appeal_is_made_and_listed(client, user, now):
    action = taken(user.id, BAN, now)
    made = make(client, action)
    (shown,) = listed(client, APPEALS)
    assert (made.status_code, made.json()["status"]) == (201, "open")
    assert shown == made.json() | {"text": "I did not."}
    assert (shown["action_id"], shown["decision"], shown["decided_at"]) == (str(action.id), "", None)


def test_a_decision_is_told_with_its_reasons(client, user, now):
    made = make(client, taken(user.id, BAN, now)).json()
    appeals.decide(appeal=made["id"], by=moderator(), overturn=False, decision="We looked again.", now=timezone.now())
    (shown,) = listed(client, APPEALS)
    assert (shown["status"], shown["decision"]) == ("upheld", "We looked again.")
    assert shown["decided_at"]


def test_a_second_one_is_refused_and_names_the_first(client, user, now):
    action = taken(user.id, BAN, now)
    first, second = make(client, action), make(client, action)
    assert (second.status_code, second.json()["code"]) == (409, "already_appealed")
    assert second.json()["details"] == {"appeal_id": first.json()["id"]}


def test_the_same_key_is_the_same_appeal(client, user, now):
    action = taken(user.id, BAN, now)
    replies = [make(client, action, key="one") for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json() == replies[1].json()


def test_the_kept_reply_does_not_hold_what_was_written(client, user, now):
    make(client, taken(user.id, BAN, now), key="one")
    assert "I did not." not in str(IdempotencyKey.objects.get().response_body)


@pytest.mark.parametrize("whose", ["others", "missing"])
def test_anothers_action_does_not_exist(client, now, whose):
    action = taken(person().id, BAN, now)
    if whose == "missing":
        action.id = person().id
    assert make(client, action).status_code == 404


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_text_has_bounds(client, user, now, text):
    assert make(client, taken(user.id, BAN, now), text=text).status_code == 400


def test_an_appeal_is_withdrawn_once(client, user, now):
    made = make(client, taken(user.id, BAN, now)).json()
    replies = [client.delete(f"{APPEALS}/{made['id']}").status_code for _ in range(2)]
    assert (replies, Appeal.objects.get().status) == ([204, 409], "withdrawn")


def test_nobody_withdraws_anothers(api, client, user, now):
    made = make(client, taken(user.id, BAN, now)).json()
    assert api(person()).delete(f"{APPEALS}/{made['id']}").status_code == 404
    assert Appeal.objects.get().status == "open"
