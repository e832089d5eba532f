"""What staff do in the admin, who may, and under which role it happens."""

from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from connect.models import DeviceSession, User
from matching.models import MatchingRun
from safety.models import AuditLog, Report
from safety.services import cases
from safety.signals import access_changed
from tests.config.desk import act, browser, log_in, member_of, page
from tests.safety.rows import our_models

STAFF_ROLES = import_module("safety.migrations.0003_staff_roles")
CASE_RIGHTS = import_module("safety.migrations.0008_case_rights")
LATER_RIGHTS = import_module("safety.migrations.0013_rights_of_new_tables")
OVER_STAFF = import_module("safety.migrations.0022_rights_over_staff")
TUNING_RIGHTS = import_module("matching.migrations.0005_rights_of_parameters")
ENTRY_RIGHTS = import_module("matching.migrations.0007_rights_of_pool_entries")
STREAK_RIGHTS = import_module("streaks.migrations.0003_rights_of_streaks")
RIGHTS = (CASE_RIGHTS, LATER_RIGHTS, OVER_STAFF, TUNING_RIGHTS, ENTRY_RIGHTS, STREAK_RIGHTS)
every_model = pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)


@pytest.fixture
def report(rows):
    return rows[Report]


def test_a_report_is_taken_up_by_the_moderator_who_did(boss, root, report):
    act(boss, Report, "triage", report)
    report.refresh_from_db()
    assert (report.status, AuditLog.objects.get(action="report_triaged").actor_id) == ("triaged", root.pk)


def test_a_refused_action_is_told_and_changes_nothing(boss, root, report):
    cases.dismiss(report=report.pk, by=root.pk, statement="Nothing in it.", now=timezone.now())
    answer = act(boss, Report, "triage", report, part={"queue": "all"})
    assert "The report is dismissed." in answer.content.decode()


def test_one_refused_row_does_not_undo_the_others(boss, root, rows):
    act(boss, User, "restrict", root, rows[User])
    assert list(User.objects.filter(status="restricted")) == [rows[User]]


@contextmanager
def heard():
    told = []

    def listen(user_id, **said):
        told.append(user_id)

    access_changed.connect(listen)
    try:
        yield told
    finally:
        access_changed.disconnect(listen)


def test_a_person_is_restricted_and_the_apps_above_are_told(boss, rows):
    with heard() as told:
        act(boss, User, "restrict", rows[User])
    assert (User.objects.get(pk=rows[User].pk).status, told) == ("restricted", [rows[User].pk])


def test_a_restriction_is_lifted(boss, root, rows):
    act(boss, User, "restrict", rows[User])
    with heard() as told:
        act(boss, User, "lift", rows[User])
    assert (User.objects.get(pk=rows[User].pk).status, told) == ("active", [rows[User].pk])


def test_a_session_is_revoked(boss, rows):
    act(boss, DeviceSession, "revoke", rows[DeviceSession])
    assert DeviceSession.objects.get(pk=rows[DeviceSession].pk).revoked_at


def test_a_matching_run_is_requested(boss, rows):
    act(boss, MatchingRun, "request_run", rows[MatchingRun])
    assert MatchingRun.objects.filter(status="requested").count() == 1


def test_a_staff_role_is_given_by_a_superuser_and_recorded(boss, root, rows):
    boss.post(page(User, "change", rows[User].pk), {"is_staff": "on"})
    entry = AuditLog.objects.get(action="staff_role")
    assert (User.objects.get(pk=rows[User].pk).is_staff, entry.actor_id) == (True, root.pk)


# Roles.


@pytest.fixture
def roles(db):
    """The groups of the migration, which tests that empty tables take away."""
    STAFF_ROLES.make_roles(apps, None)
    CASE_RIGHTS.change_rights(apps, None)
    LATER_RIGHTS.give(apps, None)
    for later in (OVER_STAFF, TUNING_RIGHTS, ENTRY_RIGHTS, STREAK_RIGHTS):
        later.give(apps, None)
    return {
        role: {*rights, *(right for later in RIGHTS for right in later.GIVEN.get(role, ()))}
        - {*CASE_RIGHTS.TAKEN.get(role, ())}
        for role, rights in STAFF_ROLES.ROLES.items()
    }


@pytest.mark.parametrize("role", ["moderator", "analyst", "admin"])
def test_a_role_has_the_rights_it_names_and_no_other(roles, role):
    held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    assert set(held) == {(app, f"{verb}_{model}") for app, verb, model in roles[role]}


def test_making_the_roles_again_changes_nothing(roles):
    before = Group.objects.count(), Group.permissions.through.objects.count()
    STAFF_ROLES.make_roles(apps, None)
    CASE_RIGHTS.change_rights(apps, None)
    LATER_RIGHTS.give(apps, None)
    for later in (OVER_STAFF, TUNING_RIGHTS, ENTRY_RIGHTS, STREAK_RIGHTS):
        later.give(apps, None)
    assert (Group.objects.count(), Group.permissions.through.objects.count()) == before


@every_model
def test_each_role_opens_exactly_the_lists_it_may_view(roles, rows, model):
    label = (model._meta.app_label, "view", model._meta.model_name)
    opened = {role: member_of(role).get(page(model)).status_code == 200 for role in roles}
    assert opened == {role: label in rights for role, rights in roles.items()}


@pytest.mark.parametrize("role, status", [("admin", "restricted"), ("moderator", "active"), ("analyst", "active")])
def test_who_restricts_from_the_table_of_accounts(roles, rows, role, status):
    act(member_of(role), User, "restrict", rows[User])
    assert User.objects.get(pk=rows[User].pk).status == status


def test_nobody_but_a_superuser_gives_roles(roles, rows):
    answer = member_of("admin").post(page(User, "change", rows[User].pk), {"is_superuser": "on"})
    assert (answer.status_code, User.objects.get(pk=rows[User].pk).is_superuser) == (403, False)


# The transaction under it.


@pytest.fixture
def as_web(rows, root):
    """As the web's own login, which may do nothing outside a role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE connect_web")
        yield
        cursor.execute("RESET ROLE")


def test_the_admin_works_under_the_webs_login(root, as_web):
    assert log_in(browser(), root)


def test_the_audit_knows_which_staff_member_acted(boss, root, rows):
    act(boss, User, "restrict", rows[User])
    moved = AuditLog.objects.get(action="transition", entity_id=rows[User].pk, data__to="restricted")
    assert moved.actor_id == root.pk


def test_a_page_that_fails_leaves_nothing_behind(boss, rows, monkeypatch):
    def fail(**kwargs):
        Report.objects.update(subject_kind="half done")
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("safety.services.cases.triage", fail)
    boss.raise_request_exception = False
    assert (act(boss, Report, "triage", rows[Report]).status_code, Report.objects.get().subject_kind) == (500, "match")


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"])
def test_the_admins_cookies_go_to_the_admin_alone(root, cookie):
    client = browser()
    log_in(client, root)
    assert client.cookies[cookie]["path"] == "/admin/"


@pytest.mark.parametrize("path, status", [("/healthz", 200), ("/api/schema", 200), ("/api/docs", 200), ("/no", 404)])
def test_a_session_cookie_elsewhere_is_not_looked_at(root, as_web, path, status):
    client = browser()
    log_in(client, root)
    assert client.get(path).status_code == status
