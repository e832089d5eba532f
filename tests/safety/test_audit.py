"""Entries that services write by hand."""

from uuid import uuid4

import pytest
from structlog.contextvars import bound_contextvars

from safety.models import AuditLog
from safety.roles import acting_as
from safety.services import audit
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


def recorded(**fields):
    values = {"action": "noted", "actor": None, "entity": "thing", "entity_id": None, **fields}
    audit.record(**values)
    return AuditLog.objects.get(action="noted")


def test_an_entry_says_who_did_what_to_which_row():
    actor, row = uuid4(), uuid4()
    entry = recorded(actor=actor, entity_id=row)
    assert (entry.actor_id, entry.entity, entry.entity_id) == (actor, "thing", row)


def test_the_system_is_nobody():
    assert recorded().actor_id is None


def test_figures_are_kept_with_it():
    assert recorded(count=3).data == {"count": 3}


def test_it_carries_the_request_id():
    with bound_contextvars(request_id="r-1"):
        assert recorded().request_id == "r-1"


def test_it_is_written_on_behalf_of_a_client():
    user = person()
    with acting_as(user.id):
        audit.record(action="noted", actor=user.id, entity="thing", entity_id=None)
    assert AuditLog.objects.get(action="noted").actor_id == user.id


def test_it_outlives_the_person_it_tells_of():
    user = person()
    recorded(actor=user.id, entity_id=user.id)
    user.delete()
    assert AuditLog.objects.filter(action="noted").count() == 1
