"""The audit log only grows, for every role."""

from contextlib import nullcontext

import pytest
from django.db import DatabaseError, connection, transaction

from safety.models import AuditLog
from safety.roles import acting_as, as_service
from safety.services import audit

ROLES = {"owner": nullcontext, "service": as_service}


@pytest.fixture
def entry(db):
    audit.record(action="noted", actor=None, entity="x", entity_id=None)
    return AuditLog.objects.get(action="noted")


@pytest.mark.parametrize("role", ROLES)
def test_a_row_is_added(db, role):
    with ROLES[role]():
        assert AuditLog.objects.create(action="noted", entity="x").pk


@pytest.mark.parametrize("role", ROLES)
def test_a_row_is_not_changed(entry, role):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), ROLES[role]():
        AuditLog.objects.filter(pk=entry.pk).update(action="something else")
    assert AuditLog.objects.get(pk=entry.pk).action == "noted"


@pytest.mark.parametrize("role", ROLES)
def test_a_row_is_not_deleted(entry, role):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), ROLES[role]():
        AuditLog.objects.filter(pk=entry.pk).delete()
    assert AuditLog.objects.filter(pk=entry.pk).exists()


@pytest.mark.parametrize("statement", ["TRUNCATE safety_auditlog", "DROP TABLE safety_auditlog"])
def test_the_service_cannot_empty_the_table(entry, statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        as_service(),
    ):
        connection.cursor().execute(statement)


def test_the_service_cannot_switch_the_trigger_off(entry):
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic(), as_service():
        connection.cursor().execute("ALTER TABLE safety_auditlog DISABLE TRIGGER ALL")


def test_the_client_cannot_write_to_it(db):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting_as(None):
        AuditLog.objects.create(action="noted", entity="x")
