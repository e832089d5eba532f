from uuid import uuid4

import pytest

from connect.enums import NotificationType
from connect.models import Notification
from connect.services.notifications import Note, send
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# The login role; savepoint, role, session, the rows, role back, savepoint; the login role back.
LIST_QUERIES = 8


@pytest.fixture
def user():
    return UserFactory()


def notify(user, count=1):
    send([Note(user.id, NotificationType.MATCH_PROPOSED, f"Note {n}") for n in range(count)])
    return list(Notification.objects.filter(user=user).order_by("id"))


def test_the_newest_comes_first(user, api):
    notify(user, 3)
    titles = [entry["title"] for entry in api(user).get("/api/notifications").json()["results"]]
    assert titles == ["Note 2", "Note 1", "Note 0"]


def test_pages_have_each_once(user, api):
    notify(user, 5)
    client, url, seen = api(user), "/api/notifications?limit=2", []
    while url:
        page = client.get(url).json()
        seen += [entry["title"] for entry in page["results"]]
        url = page["next"]
    assert seen == [f"Note {n}" for n in reversed(range(5))]


def test_reading_is_noted_once(user, api):
    [note] = notify(user)
    client = api(user)
    first = client.post(f"/api/notifications/{note.id}/read").json()["read_at"]
    assert first is not None
    assert client.post(f"/api/notifications/{note.id}/read").json()["read_at"] == first


def test_a_deleted_one_is_gone(user, api):
    [note] = notify(user)
    client = api(user)
    assert client.delete(f"/api/notifications/{note.id}").status_code == 204
    assert client.delete(f"/api/notifications/{note.id}").status_code == 404
    assert not Notification.objects.exists()


def test_anothers_notification_does_not_exist(user, api):
    [note] = notify(user)
    stranger = api(UserFactory())
    assert stranger.get("/api/notifications").json()["results"] == []
    assert stranger.post(f"/api/notifications/{note.id}/read").status_code == 404
    assert stranger.delete(f"/api/notifications/{note.id}").status_code == 404
    note.refresh_from_db()
    assert note.read_at is None


def test_a_missing_one_is_answered_like_anothers(user, api):
    [note] = notify(UserFactory())
    client = api(user)
    missing = client.post(f"/api/notifications/{uuid4()}/read").json()
    foreign = client.post(f"/api/notifications/{note.id}/read").json()
    assert missing | {"request_id": ""} == foreign | {"request_id": ""}


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_a_fixed_number_of_queries(user, api, django_assert_num_queries, count):
    notify(user, count)
    client = api(user)
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/api/notifications")
