"""Connect before it is open: staff alone come in, staff alone are matched, and nobody is kept from leaving."""

import importlib

import pytest
from constance import config as live
from django.test import Client
from django.urls import reverse

from config.settings import flags as flag_settings
from connect.models import ConnectProfile
from matching.services import people
from safety import flags
from safety.models import AuditLog, IdempotencyKey
from tests.config.contract import name, operations, violations
from tests.config.desk import member_of
from tests.config.test_schema_truth import body, call
from tests.factories import UserFactory

WAYS_OUT = {
    "/connect/deactivate",
    "/connect/report",
    "/api/conversations/{conversation_id}/end",
    "/api/conversations/{conversation_id}/panic-exit",
    "/api/interests/{interest_id}",
    "/api/connections/{connection_id}/terminate",
}
FLOW = ("/connect/", "/api/conversations", "/api/people/", "/api/interests", "/api/connections", "/api/discovery")
FLOW += ("/api/daily_prompts", "/api/weekly_intent", "/api/xp")
FLOW = (
    *("/connect/", "/api/conversations", "/api/people/", "/api/interests", "/api/connections", "/api/discovery"),
    *("/api/meet_reflections", "/api/trust_score", "/api/baby"),
    *("/api/meet_reflections", "/api/trust_score", "/api/reactions"),
)
CONNECT = [entry for entry in operations() if entry[1].startswith(FLOW)]
HELP = ("/api/blocks", "/api/reports", "/api/moderation_actions", "/api/appeals", "/api/consents", "/api/account")
ELSEWHERE = [entry for entry in operations() if entry[1].startswith(HELP)]
FLAGGED = [entry for entry in CONNECT if entry[1] not in WAYS_OUT]
each = pytest.mark.parametrize("method, path, operation", FLAGGED, ids=name)
each_way_out = pytest.mark.parametrize(
    "method, path, operation", [entry for entry in CONNECT if entry[1] in WAYS_OUT], ids=name
)


@pytest.fixture
def closed(db, monkeypatch):
    monkeypatch.setattr(flags, "_seen", flags._seen._replace(values={"connect_public": False}))


def code(reply):
    return reply.status_code, reply.json().get("code")


def test_all_of_connect_is_looked_at():
    assert {path for _, path, _ in CONNECT} - {path for _, path, _ in FLAGGED} == WAYS_OUT


@each
def test_closed_it_answers_nobody_but_staff(api, closed, method, path, operation):
    reply = call(api(UserFactory(pooled=True)), method, path, body(operation))
    assert code(reply) == (403, "not_open_yet")
    assert violations(method, path, reply) == []


@each
def test_closed_it_answers_staff(api, closed, method, path, operation):
    reply = call(api(UserFactory(pooled=True, staff=True)), method, path, body(operation))
    assert code(reply) != (403, "not_open_yet")
    assert violations(method, path, reply) == []


@each
def test_open_it_answers_everybody(api, method, path, operation):
    assert code(call(api(UserFactory(pooled=True)), method, path, body(operation))) != (403, "not_open_yet")


@each
def test_closed_it_tells_who_is_not_signed_in_nothing_more(api, closed, method, path, operation):
    assert code(call(api(), method, path, body(operation))) == (401, "not_authenticated")


@each_way_out
def test_closed_nobody_is_kept_from_leaving_or_from_asking_for_help(api, closed, method, path, operation):
    assert code(call(api(UserFactory(pooled=True)), method, path, body(operation))) != (403, "not_open_yet")


@pytest.mark.parametrize("method, path, operation", ELSEWHERE, ids=name)
def test_closed_whatever_protects_is_open(api, closed, method, path, operation):
    assert code(call(api(UserFactory(person=True)), method, path, body(operation))) != (403, "not_open_yet")


def test_what_protects_is_all_looked_at():
    assert {path for path in HELP if not any(entry[1].startswith(path) for entry in ELSEWHERE)} == set()


@pytest.mark.parametrize("path", ["/api/notifications", "/api/profile"])
def test_closed_the_rest_of_the_product_is_open(api, closed, path):
    assert api(UserFactory(person=True)).get(path).status_code == 200


def test_closed_nothing_is_written_and_no_key_taken(api, closed):
    user = UserFactory(pooled=True)
    before = ConnectProfile.objects.get(user=user).updated_at
    wishes = {"mode": "both", "minAge": 27, "maxAge": 42, "preferredGenders": [], "languagePref": ["en"]}
    reply = api(user).post("/connect/activate", wishes | {"distanceKm": 120, "consentVersion": "v1"}, key="one")
    assert code(reply) == (403, "not_open_yet")
    assert ConnectProfile.objects.get(user=user).updated_at == before
    assert not IdempotencyKey.objects.exists()


def test_closed_calls_are_still_limited(api, closed, settings):
    settings.LIMITS = settings.LIMITS | {"read": {"account": "1/minute", "sensitive": False}}
    client = api(UserFactory())
    assert [client.get("/connect/status").status_code for _ in range(2)] == [403, 429]


def test_turned_on_it_opens(api, db):
    flags.forget()
    client = api(UserFactory())
    live.connect_public = False
    assert code(client.get("/connect/status")) == (403, "not_open_yet")
    live.connect_public = True
    assert client.get("/connect/status").status_code == 200


def test_closed_staff_alone_are_matched(closed):
    UserFactory(pooled=True)
    staff = UserFactory(pooled=True, staff=True)
    assert [profile.user_id for profile in people.eligible(capacity=1)] == [staff.id]


def test_open_everybody_is_matched(db):
    UserFactory(pooled=True)
    UserFactory(pooled=True, staff=True)
    assert people.eligible(capacity=1).count() == 2


@pytest.mark.parametrize("environment, opened", [("production", False), ("development", True)])
def test_a_production_is_closed_until_somebody_opens_it(monkeypatch, environment, opened):
    monkeypatch.setattr("config.settings.base.ENVIRONMENT", environment)
    try:
        assert importlib.reload(flag_settings).CONSTANCE_CONFIG["connect_public"][0] is opened
    finally:
        monkeypatch.undo()
        importlib.reload(flag_settings)


PAGE = "admin:constance_config_changelist"


def test_staff_turn_it_on_a_page_and_it_is_on_record(boss, root):
    address = reverse(PAGE)
    form = boss.get(address).context["form"]
    others = {"allow_non_edu_emails": "on", "academic_domains": ""}
    boss.post(address, {"version": form.initial.get("version") or form["version"].value(), **others})
    assert live.connect_public is False
    entry = AuditLog.objects.get(action="setting_changed")
    assert (entry.actor_id, entry.data["key"], entry.data["after"]) == (root.id, "connect_public", False)


@pytest.mark.parametrize("role", ["moderator", "analyst"])
def test_other_staff_do_not_see_the_page(db, role):
    assert member_of(role).get(reverse(PAGE)).status_code == 403


def test_nobody_else_sees_the_page(db):
    assert Client().get(reverse(PAGE)).status_code == 302
