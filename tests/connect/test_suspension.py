"""Who is kept out: from everything but what tells them why, and the ways to appeal and to leave."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.models import DeviceSession
from safety.services import actions
from tests.config.contract import name, operations, view
from tests.config.test_schema_truth import body, call
from tests.factories import PASSWORD, UserFactory
from tests.safety.cases import BAN, RESTRICTION, WEEK, moderator, taken

pytestmark = pytest.mark.django_db
OPEN = {
    ("POST", "/api/auth/logout"),
    ("GET", "/api/auth/sessions"),
    ("DELETE", "/api/auth/sessions/{session_id}"),
    ("GET", "/api/consents"),
    ("POST", "/api/consents"),
    ("POST", "/connect/deactivate"),
    ("DELETE", "/api/account"),
    ("POST", "/api/account/restore"),
    ("GET", "/api/account/export"),
    ("POST", "/api/account/export"),
    # Who pays may see it, and end it.
    ("GET", "/api/billing"),
    ("GET", "/api/billing/payments"),
    ("GET", "/api/billing/credits"),
    ("POST", "/api/billing/subscription"),
    ("GET", "/api/moderation_actions"),
    ("GET", "/api/appeals"),
    ("POST", "/api/appeals"),
    ("DELETE", "/api/appeals/{appeal_id}"),
}
SIGNED_IN = [(method, path, operation) for method, path, operation in operations() if "security" in operation]
each = pytest.mark.parametrize("method, path, operation", SIGNED_IN, ids=name)


def refused(api, user, method, path, operation):
    reply = call(api(user), method, path, body(operation))
    return reply.json()["code"] if reply.status_code == 403 else None


@each
@pytest.mark.parametrize("measure", [WEEK, BAN], ids=["suspended", "banned"])
def test_everything_else_is_closed(api, now, method, path, operation, measure):
    user = UserFactory(person=True)
    taken(user.id, measure, now)
    expected = None if (method, path) in OPEN else "account_suspended"
    assert refused(api, user, method, path, operation) == expected


@each
def test_who_is_restricted_too_gets_no_further_and_no_less(api, now, method, path, operation):
    user = UserFactory(person=True)
    taken(user.id, WEEK, now)
    taken(user.id, RESTRICTION, now)
    assert (refused(api, user, method, path, operation) is None) == ((method, path) in OPEN)


def test_what_is_open_to_the_suspended_is_so_by_its_endpoint():
    told = {(method, path) for method, path, _ in SIGNED_IN if view(path).suspended_allowed}
    assert told == OPEN


@pytest.mark.parametrize("measure", [WEEK, BAN], ids=["suspended", "banned"])
def test_the_refusal_says_until_when(api, now, measure):
    user = UserFactory()
    taken(user.id, measure, now)
    until = (now + timedelta(days=7)).isoformat() if measure is WEEK else None
    assert api(user).get("/connect/status").json()["details"] == {"until": until}


def test_the_gate_opens_by_the_clock_before_anybody_sweeps(api, now):
    user = UserFactory()
    taken(user.id, WEEK, now - timedelta(days=8))
    assert api(user).get("/connect/status").status_code == 200


def test_the_gate_opens_when_the_action_is_taken_back(api, now):
    user = UserFactory()
    action = taken(user.id, BAN, now)
    actions.revoke(action=action.id, by=moderator(), reason="a mistake", now=now)
    assert api(user).get("/connect/status").status_code == 200


def test_it_costs_no_query(api, now):
    user = UserFactory()
    client = api(user)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            client.get("/api/moderation_actions")
        return len(counted)

    before = queries()
    taken(user.id, BAN, now)
    assert queries() == before


# Signing in.


@pytest.fixture
def banned(now):
    user = UserFactory.with_password()
    taken(user.id, BAN, now)
    return user


def test_a_banned_person_signs_in_to_see_why_and_appeal(api, banned):
    signed_in = api().post("/api/auth/login", {"email": banned.email, "password": PASSWORD}).json()
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access']}")
    (why,) = client.get("/api/moderation_actions").json()["results"]
    assert (why["kind"], why["statement_of_reasons"]) == ("ban", "You insulted somebody.")
    assert client.post("/api/appeals", {"action_id": why["id"], "text": "I did not."}).status_code == 201


def test_a_banned_person_stays_signed_in(api, banned):
    tokens = api().post("/api/auth/login", {"email": banned.email, "password": PASSWORD}).json()
    assert api().post("/api/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 200


def test_a_banned_person_signs_out(api, banned):
    assert api(banned).post("/api/auth/logout").status_code == 204
    assert DeviceSession.objects.get(user=banned).revoked_at <= timezone.now()
