"""`connect_schema smoke` walks through the flow as each role, finds what is open, and leaves nothing."""

import pytest
from django.apps import apps
from django.db import connection

from tests.config.runbook import failing, run
from tests.safety.rows import fill, person

OPENED = {
    "everybody's matches": (
        "ALTER POLICY match_rls_select ON matching_match USING (true)",
        [("matches", "1 of 1, should be 0")] * 2,
    ),
    "one's own matches hidden": (
        "DROP POLICY match_rls_select ON matching_match",
        [("matches", "0 of 1, should be 1")] * 2,
    ),
    "another's feedback": (
        "ALTER POLICY feedback_rls_select ON matching_matchfeedback USING (user_id IS NOT NULL)",
        [("match_feedback", "1 of 1, should be 0")] * 3,
    ),
    "the service shut out": (
        "DROP POLICY reveal_rls_service ON chat_reveal",
        [("the service", 'new row violates row-level security policy for table "chat_reveal"')],
    ),
    "a client that moves matches": (
        "GRANT UPDATE ON matching_match TO connect_client; "
        "CREATE POLICY more ON matching_match FOR UPDATE TO connect_client USING (true)",
        [("a client moves a match", "matching_match.status: proposed -> accepted_both is not a transition")],
    ),
    "states that can be skipped": (
        "ALTER TABLE matching_match DISABLE TRIGGER match_status_move",
        [("the service skips a state", "was let through")],
    ),
    "an audit that can be changed": (
        "DROP TRIGGER audit_append_only ON safety_auditlog",
        [("the service changes the audit", "was let through")],
    ),
    "a profile put for somebody else": (
        "ALTER POLICY connect_profile_rls_insert ON connect_connectprofile WITH CHECK (true); "
        "ALTER POLICY connect_profile_rls_select ON connect_connectprofile USING (true)",
        [("a client inserts into connect_profiles", "was let through")],
    ),
}


def counts():
    return {model: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def test_it_passes(db):
    assert failing("smoke") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("peopled", [False, True], ids=["empty", "with rows"])
def test_it_leaves_nothing(peopled):
    if peopled:
        fill(person(), person())
    before = counts()
    assert run("smoke")[0]
    assert counts() == before


@pytest.mark.parametrize("sql, faults", OPENED.values(), ids=OPENED)
def test_what_is_open_is_named(db, sql, faults):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert set(faults) <= set(failing("smoke"))
    assert len([found for found in failing("smoke") if found in faults]) == len(faults)


def test_a_table_that_is_missing_is_named(db):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE chat_reveal CASCADE")
    assert failing("smoke") == [("the service", 'relation "chat_reveal" does not exist')]
