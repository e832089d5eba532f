"""Where a person is signed in: listed, and ended."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import DeviceSessionFactory, UserFactory


def test_logout_ends_the_session_at_once(api):
    client = api(UserFactory())
    assert client.post("/api/auth/logout").status_code == 204
    assert client.get("/api/auth/sessions").status_code == 401


def test_sessions_lists_own_devices_and_marks_this_one(api):
    user = UserFactory()
    DeviceSessionFactory(user=user, device_label="tablet")
    DeviceSessionFactory()
    listed = api(user).get("/api/auth/sessions").json()
    assert [entry["current"] for entry in listed["results"]] == [True, False]


def test_sessions_come_in_pages(api):
    user = UserFactory()
    for _ in range(2):
        DeviceSessionFactory(user=user)
    client = api(user)
    first = client.get("/api/auth/sessions?limit=2").json()
    last = client.get(first["next"]).json()
    assert ([len(page["results"]) for page in (first, last)], last["next"]) == ([2, 1], None)


def test_ended_sessions_are_not_listed(api):
    user = UserFactory()
    DeviceSessionFactory(user=user, revoked_at=timezone.now())
    DeviceSessionFactory(user=user, expires_at=timezone.now())
    assert len(api(user).get("/api/auth/sessions").json()["results"]) == 1


def test_the_list_costs_the_same_queries_however_long(api):
    user = UserFactory()
    client, counts = api(user), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/auth/sessions")
        counts.append(len(queries))
        DeviceSessionFactory.create_batch(5, user=user)
    assert counts[0] == counts[1]


def test_revoking_leaves_it_to_the_sockets_own_poller_to_tell(api, django_capture_on_commit_callbacks):
    client = api(UserFactory())
    with django_capture_on_commit_callbacks() as announced:
        assert client.post("/api/auth/logout").status_code == 204
    assert announced == []


def test_a_session_can_be_revoked(api):
    user = UserFactory()
    other = DeviceSessionFactory(user=user)
    assert api(user).delete(f"/api/auth/sessions/{other.id}").status_code == 204
    other.refresh_from_db()
    assert other.revoked_at


def test_somebody_elses_session_does_not_exist(api):
    other = DeviceSessionFactory()
    assert api(UserFactory()).delete(f"/api/auth/sessions/{other.id}").status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None
