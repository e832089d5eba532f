"""Flags: read from the database now and then, remembered between, every change of them on record."""

import pytest
from constance import config
from constance.models import Constance
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from safety import flags
from safety.models import AuditLog
from safety.roles import acting_as, name_actor
from tests.conftest import powerless
from tests.safety.rows import person

FLAG = "connect_public"


@pytest.fixture(autouse=True)
def nothing_seen(db, flags_as_they_come):
    flags.forget()


def turn(value):
    setattr(config, FLAG, value)


@pytest.mark.parametrize("default", [True, False])
def test_nobody_has_touched_it(settings, default):
    settings.CONSTANCE_CONFIG[FLAG] = (default, *settings.CONSTANCE_CONFIG[FLAG][1:])
    try:
        assert flags.is_on(FLAG) is default
    finally:
        settings.CONSTANCE_CONFIG[FLAG] = (True, *settings.CONSTANCE_CONFIG[FLAG][1:])


def test_asking_writes_nothing():
    flags.is_on(FLAG)
    assert not Constance.objects.exists()


@pytest.mark.parametrize("value", [True, False])
def test_somebody_turned_it(value):
    turn(value)
    assert flags.is_on(FLAG) is value


def test_an_unknown_flag_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        flags.is_on("connect_publik")


def queries():
    with CaptureQueriesContext(connection) as captured:
        flags.is_on(FLAG)
    return len(captured)


def test_what_was_seen_costs_nothing():
    assert queries() > 0
    assert queries() == 0


def test_it_is_looked_at_again_after_a_while(monkeypatch):
    flags.is_on(FLAG)
    Constance.objects.create(key=FLAG, value='{"__type__": "default", "__value__": false}')
    assert flags.is_on(FLAG) is True
    monkeypatch.setattr(flags, "_seen", flags._seen._replace(until=0.0))
    assert flags.is_on(FLAG) is False


def test_the_webs_login_without_a_role_may_ask():
    turn(False)
    with powerless():
        assert flags.is_on(FLAG) is False


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_too():
    assert flags.is_on(FLAG) is True


def test_asked_as_a_person_it_gives_the_role_back():
    with transaction.atomic(), acting_as(person().id):
        flags.is_on(FLAG)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("connect_client",)


def test_a_change_is_on_record_with_who_made_it():
    staff = person()
    name_actor(staff.id)
    turn(False)
    turn(True)
    first, second = AuditLog.objects.filter(action="setting_changed").order_by("id")
    assert (first.actor_id, first.data) == (staff.id, {"key": FLAG, "before": True, "after": False})
    assert (second.actor_id, second.data) == (staff.id, {"key": FLAG, "before": False, "after": True})


def test_what_changes_nothing_is_not_on_record():
    turn(True)
    turn(True)
    assert not AuditLog.objects.filter(action="setting_changed").exists()


def test_a_change_by_a_command_has_no_actor():
    turn(False)
    assert AuditLog.objects.get(action="setting_changed").actor_id is None
