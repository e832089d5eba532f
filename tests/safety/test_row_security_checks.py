"""Declared row security held against the database, and the system check that asks for a declaration."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from connect.apps import ConnectConfig
from connect.models import User
from safety.checks import row_security_is_declared
from safety.schema import inspect
from safety.schema.inspect import security_of
from tests.safety.rows import our_models

TABLES = [model for model in our_models() if security_of(model)]


def test_rls_check_passes(db):
    call_command("rls", "--check", stdout=StringIO())


BREAKAGES = [
    "DROP POLICY match_rls_select ON matching_match",
    "DROP POLICY match_rls_service ON matching_match",
    "ALTER TABLE matching_match NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE matching_match DISABLE ROW LEVEL SECURITY",
    "GRANT UPDATE ON matching_match TO connect_client",
    "REVOKE SELECT ON matching_match FROM connect_client",
    "CREATE POLICY more ON matching_match FOR SELECT TO connect_client USING (true)",
    "GRANT SELECT ON auth_group TO connect_client",
    "ALTER POLICY match_rls_select ON matching_match USING (true)",
    "ALTER POLICY match_rls_select ON matching_match TO PUBLIC",
    "GRANT SELECT ON matching_match TO PUBLIC",
    "GRANT SELECT (level) ON connect_disclosure TO PUBLIC",
    "GRANT UPDATE (status) ON matching_match TO connect_client",
    "GRANT SELECT ON matching_match TO connect_web",
]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_rls_check_finds_a_difference(db, breakage):
    with connection.cursor() as cursor:
        cursor.execute(breakage)
    with pytest.raises(CommandError):
        call_command("rls", "--check", stdout=StringIO(), stderr=StringIO())


def test_rls_prints_every_policy(db):
    out = StringIO()
    call_command("rls", stdout=out)
    assert all(policy in out.getvalue() for model in TABLES for policy in security_of(model).policies())


@pytest.fixture
def undeclared_model(monkeypatch):
    # It would declare everything once more.
    monkeypatch.setattr(ConnectConfig, "ready", lambda self: None)
    with isolate_apps("connect"):

        class Diary(models.Model):
            user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

            class Meta:
                app_label = "connect"

            def __str__(self):
                return "diary"

    registry = SimpleNamespace(get_model=lambda label: User, get_models=lambda **kwargs: [User, Diary])
    monkeypatch.setattr(inspect, "apps", registry)
    return Diary


def test_the_system_check_names_a_personal_table_without_row_security(undeclared_model):
    found = row_security_is_declared(None)
    assert [(e.id, "connect.Diary" in e.msg) for e in found] == [("safety.E001", True)]


def test_the_system_check_accepts_a_stated_exemption(undeclared_model, settings):
    settings.ROW_SECURITY_EXEMPT = {"connect.Diary": "a reason"}
    assert row_security_is_declared(None) == []


def test_the_system_check_finds_nothing_in_the_project():
    assert row_security_is_declared(None) == []
