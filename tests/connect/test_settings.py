"""What an admin turns, and what of it everybody may know."""

import pytest
from constance import config
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faces.services import face_parameters
from safety.models import AuditLog
from tests.config.desk import browser, member_of, staff

FLAGS = "admin:constance_config_changelist"


@pytest.fixture
def root(db):
    # The page makes its content type when it first saves, and what one test made the next has not.
    ContentType.objects.clear_cache()
    return staff(is_superuser=True)


def form(**changes):
    """What the page of flags sends; a switch that is off is not sent at all."""
    values = {"connect_public": "on", "allow_non_edu_emails": "on", "academic_domains": "", **changes}
    return {name: value for name, value in values.items() if value is not None}


def turn(client, **changes):
    version = client.get(reverse(FLAGS)).context["form"].initial["version"]
    return client.post(reverse(FLAGS), form(version=version, **changes))


@pytest.fixture(autouse=True)
def no_push(settings):
    settings.VAPID_PRIVATE_KEY = ""


def test_everybody_reads_the_public_ones(api, db):
    reply = api().get("/api/settings")
    own = {"allow_non_edu_emails": True, "vapid_public_key": None}
    assert (reply.status_code, reply.json()) == (200, own | face_parameters.public())


def test_what_an_admin_turns_is_read_at_once(api, db):
    config.allow_non_edu_emails = False
    assert api().get("/api/settings").json()["allow_non_edu_emails"] is False


def test_what_is_not_public_is_not_told(api, db):
    config.academic_domains = "secret.example"
    assert b"secret.example" not in api().get("/api/settings").content


def test_reading_writes_nothing(api, db):
    with CaptureQueriesContext(connection) as queries:
        api().get("/api/settings")
    assert [query["sql"] for query in queries if "INSERT" in query["sql"] or "UPDATE" in query["sql"]] == []


def test_an_admin_turns_a_flag(api, root):
    response = turn(browser(root), allow_non_edu_emails=None, academic_domains="uni-example.de")
    assert response.status_code == 302
    assert (config.allow_non_edu_emails, config.academic_domains) == (False, "uni-example.de")


def test_who_turned_what_is_on_record(root):
    turn(browser(root), allow_non_edu_emails=None)
    entry = AuditLog.objects.get(action="setting_changed", data__key="allow_non_edu_emails", data__after=False)
    assert (entry.actor_id, entry.entity) == (root.pk, "constance_constance")


def test_what_stays_as_it_was_is_not_on_record(root):
    config.allow_non_edu_emails = False
    before = AuditLog.objects.filter(action="setting_changed").count()
    config.allow_non_edu_emails = False
    assert AuditLog.objects.filter(action="setting_changed").count() == before


@pytest.mark.parametrize("role", ["moderator", "analyst"])
def test_other_staff_turn_nothing(db, role):
    assert member_of(role).get(reverse(FLAGS)).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_command_turns_a_flag_and_is_on_record():
    call_command("constance", "set", "academic_domains", "uni-example.de")
    entry = AuditLog.objects.get(action="setting_changed", data__after="uni-example.de")
    assert (config.academic_domains, entry.actor_id) == ("uni-example.de", None)
