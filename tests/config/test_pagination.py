"""Lists: a cursor is only what was given for that list, and a limit is a number in its bounds."""

from base64 import b64encode

import pytest

from connect.models import Notification
from tests.factories import UserFactory

LIST = "/api/notifications"


@pytest.fixture
def user(db):
    user = UserFactory()
    for number in range(5):
        Notification.objects.create(user=user, type="match_proposed", title=str(number))
    return user


@pytest.fixture
def client(user, api):
    return api(user)


def titles(reply):
    return [entry["title"] for entry in reply.json()["results"]]


def cursor_of(reply):
    return reply.json()["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")


def refused(reply):
    return reply.status_code, reply.json()["code"]


def forged(text):
    return b64encode(text.encode()).decode()


def test_the_cursor_walks_the_whole_list(client):
    found, address = [], f"{LIST}?limit=2"
    while address:
        reply = client.get(address)
        found += titles(reply)
        address = reply.json()["next"]
    assert found == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "%00",
        "ü",
        forged("hello world"),
        forged("o=0&r=0"),
        forged("p=01a1fca7-c152-71b1-ab4d-42f684f91c55"),
        forged("o=0&r=0&p=01a1fca7-c152-71b1-ab4d-42f684f91c55&s=signature"),
        forged("&s="),
    ],
)
def test_a_cursor_that_was_not_given_is_refused(client, cursor):
    assert refused(client.get(LIST, {"cursor": cursor})) == (400, "invalid_cursor")


def test_a_changed_cursor_is_refused(client):
    cursor = cursor_of(client.get(LIST, {"limit": 2}))
    changed = cursor[:8] + ("A" if cursor[8] != "A" else "B") + cursor[9:]
    assert refused(client.get(LIST, {"cursor": changed})) == (400, "invalid_cursor")


def test_the_cursor_of_another_list_is_refused(client):
    cursor = cursor_of(client.get(LIST, {"limit": 2}))
    assert refused(client.get("/api/consents", {"cursor": cursor})) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit, count", [("1", 1), ("3", 3), ("200", 5)])
def test_a_limit_in_its_bounds_is_kept(client, limit, count):
    assert len(titles(client.get(LIST, {"limit": limit}))) == count


@pytest.mark.parametrize("limit", ["0", "-1", "201", "abc", "", "1.5", "9" * 5000])
def test_any_other_limit_is_refused_by_name(client, limit):
    reply = client.get(LIST, {"limit": limit})
    assert (reply.status_code, list(reply.json()["details"])) == (400, ["limit"])
