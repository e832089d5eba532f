"""`connect_schema verify` passes on what migrations make, and names whatever is taken away from it."""

from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError, connection

from safety.schema import blueprint, cluster
from tests.config.runbook import failing, run

DROPPED_CHECK = "ALTER TABLE matching_match DROP CONSTRAINT match_score_range"
ADDED_CHECK = "ALTER TABLE matching_match ADD CONSTRAINT match_score_range CHECK (total_score >= 0)"
SAME_CHECK = (
    "ALTER TABLE matching_match ADD CONSTRAINT match_score_range CHECK (total_score >= 0 AND total_score <= 100)"
)
FUNCTION = "ALTER FUNCTION match_status_update()"
BREAKAGES = {
    "policy dropped": ("DROP POLICY match_rls_select ON matching_match", "policy missing: match_rls_select"),
    "policy loosened": ("ALTER POLICY match_rls_select ON matching_match USING (true)", "policy not declared"),
    "policy added": ("CREATE POLICY more ON matching_match USING (true)", "policy not declared: more"),
    "not forced": ("ALTER TABLE matching_match NO FORCE ROW LEVEL SECURITY", "row security is not forced"),
    "row security off": ("ALTER TABLE matching_match DISABLE ROW LEVEL SECURITY", "row security is not forced"),
    "right given": ("GRANT UPDATE ON matching_match TO connect_client", "client may ['select', 'update']"),
    "trigger off": ("ALTER TABLE matching_match DISABLE TRIGGER match_status_update", "is switched off"),
    "trigger for replicas": (
        "ALTER TABLE matching_match ENABLE REPLICA TRIGGER match_status_update",
        "match_status_update is switched off",
    ),
    "trigger dropped": ("DROP TRIGGER match_status_update ON matching_match", "match_status_update is missing"),
    "audit trigger dropped": ("DROP TRIGGER audit_append_only ON safety_auditlog", "audit_append_only is missing"),
    "trigger added": (
        "CREATE TRIGGER more BEFORE DELETE ON matching_match EXECUTE FUNCTION safety_refuse_change()",
        "more is not declared",
    ),
    "not as its owner": (f"{FUNCTION} SECURITY INVOKER", "match_status_update differs"),
    "search_path open": (f"{FUNCTION} RESET search_path", "match_status_update differs"),
    "search_path moved": (f"{FUNCTION} SET search_path = public, pg_temp", "match_status_update differs"),
    "function emptied": (
        "CREATE OR REPLACE FUNCTION match_status_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        "SET search_path = pg_catalog, public AS 'BEGIN RETURN NULL; END'",
        "match_status_update differs",
    ),
    "function unpinned": (
        "CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "runs with its owner's rights",
    ),
    "check dropped": (DROPPED_CHECK, "match_score_range is missing"),
    "check loosened": (f"{DROPPED_CHECK}; {ADDED_CHECK}", "match_score_range differs"),
    "check not validated": (f"{DROPPED_CHECK}; {SAME_CHECK} NOT VALID", "match_score_range was never validated"),
    "check not enforced": (f"{DROPPED_CHECK}; {SAME_CHECK} NOT ENFORCED", "match_score_range is not enforced"),
    "not null dropped": ("ALTER TABLE matching_match ALTER user_a_id DROP NOT NULL", "user_a_id_not_null is missing"),
    "unique dropped": ("ALTER TABLE safety_block DROP CONSTRAINT block_pair", "block_pair is missing"),
    "index dropped": ("DROP INDEX match_a_idx", "match_a_idx is missing"),
    "unique index dropped": ("DROP INDEX match_one_open_per_pair", "match_one_open_per_pair is missing"),
    "index of another kind": (
        "DROP INDEX match_a_idx; CREATE INDEX match_a_idx ON matching_match (user_a_id)",
        "match_a_idx differs",
    ),
    "column dropped": ("ALTER TABLE matching_match DROP COLUMN ended_at", "ended_at is missing"),
    "column retyped": ("ALTER TABLE matching_match ALTER engine_version TYPE text", "engine_version differs"),
    "default dropped": ("ALTER TABLE matching_match ALTER id DROP DEFAULT", "id differs"),
    "table dropped": ("DROP TABLE chat_message CASCADE", "chat_message"),
    "migration missing": ("DELETE FROM django_migrations WHERE app = 'chat'", "is not applied"),
    "migration unknown": (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '9999_later', now())",
        "is not known to this code",
    ),
}


def change(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def found():
    return "\n".join(" ".join(line) for line in failing("verify"))


def test_what_migrations_make_passes(db):
    assert failing("verify") == []


@pytest.mark.parametrize("sql, words", BREAKAGES.values(), ids=BREAKAGES)
def test_a_broken_schema_is_named(db, sql, words):
    change(sql)
    assert words in found()


def test_a_foreign_key_that_is_gone_is_named(db):
    change("""DO $$ DECLARE name text; BEGIN
      SELECT conname INTO name FROM pg_constraint WHERE conrelid = 'chat_reveal'::regclass AND contype = 'f' LIMIT 1;
      EXECUTE format('ALTER TABLE chat_reveal DROP CONSTRAINT %I', name); END $$""")
    assert "chat_reveal" in found()


@pytest.mark.django_db(transaction=True)
def test_an_index_that_was_never_finished_is_named():
    """As a broken CREATE INDEX CONCURRENTLY leaves it: there, and used by nobody."""
    change("DROP INDEX match_a_idx")
    try:
        with psycopg.connect(**_login()) as writer:
            writer.execute("LOCK TABLE matching_match IN ROW EXCLUSIVE MODE")
            change("SET lock_timeout = '100ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                change("CREATE INDEX CONCURRENTLY match_a_idx ON matching_match (user_a_id, status)")
        assert failing("verify") == [("matching_match", "match_a_idx is not valid")]
    finally:
        change("SET lock_timeout = 0")
        change("DROP INDEX IF EXISTS match_a_idx")
        change("CREATE INDEX match_a_idx ON matching_match (user_a_id, status)")
    assert failing("verify") == []


def _login():
    connection.ensure_connection()
    info = connection.connection.info
    return {**info.get_parameters(), "password": info.password}


ROLES = {
    "owner under row security": ("connect_owner", {"LOGIN", "INHERIT", "CREATEDB"}, "connect_owner must not have"),
    "web inherits": ("connect_web", {"LOGIN", "INHERIT"}, "connect_web lacks INHERIT"),
    "a role is missing": ("connect_nobody", set(), "connect_nobody is missing"),
}


@pytest.mark.parametrize("role, declared, words", ROLES.values(), ids=ROLES)
def test_a_role_that_is_not_as_declared_is_named(db, monkeypatch, role, declared, words):
    """Roles belong to the whole cluster, so here it is the declaration that differs."""
    monkeypatch.setitem(cluster.ROLES, role, declared)
    assert words in found()


@pytest.mark.parametrize(
    "memberships, words",
    [
        (cluster.MEMBERSHIPS | {("connect_web", "connect_owner", False)}, "taking connect_owner is missing"),
        (cluster.MEMBERSHIPS - {("connect_web", "connect_client", False)}, "taking connect_client is not declared"),
        (
            cluster.MEMBERSHIPS - {("connect_worker", "connect_service", True)},
            "having the rights of connect_service is not declared",
        ),
    ],
)
def test_who_may_take_which_role_is_compared(db, monkeypatch, memberships, words):
    monkeypatch.setattr(cluster, "MEMBERSHIPS", memberships)
    assert words in found()


def test_an_extension_that_is_not_there_is_named(db, monkeypatch):
    monkeypatch.setattr(cluster, "EXTENSION", "citext")
    assert failing("verify") == [("citext", "is not installed")]


def test_every_gap_has_its_line_and_the_rest_is_looked_at_all_the_same(db):
    change(
        "DROP INDEX match_a_idx; ALTER TABLE chat_reveal DISABLE TRIGGER reveal_status_update; "
        "DROP POLICY audit_rls_service ON safety_auditlog"
    )
    assert [what for what, _ in failing("verify")] == ["matching_match", "chat_reveal", "safety_auditlog"]


def test_a_further_index_is_no_gap(db):
    change("CREATE INDEX more ON matching_match (created_at)")
    assert failing("verify") == []


def test_an_index_under_another_name_is_no_gap(db):
    change("ALTER INDEX match_a_idx RENAME TO match_by_first")
    assert failing("verify") == []


def test_it_leaves_nothing_behind(db):
    run("verify")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s), current_setting('search_path')", [blueprint.SCRATCH])
        assert cursor.fetchone() == (None, '"$user", public')


def test_the_names_of_the_specification_stand_beside_ours(db):
    lines = run("verify")[1].splitlines()
    assert any(line.split()[-3:] == ["blind_chats", "chat_conversation", "(kind=blind)"] for line in lines)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_down_is_one_line():
    connection.close()
    with patch.object(connection, "get_new_connection", side_effect=OperationalError("refused\nmore")):
        assert run("verify") == (False, "The database does not answer: refused")


def test_it_is_for_the_owner_alone(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "USER", "connect_web")
    assert run("verify") == (False, "This needs the login of connect_owner: DATABASE_LOGIN=owner.")
