"""Moments are read fast, and are what Django's own reader gives."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.moments import MomentLoader
from tests.factories import UserFactory

ODD = ["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "10000-01-01 00:00:00+00"]
pytestmark = pytest.mark.django_db


class Own(BaseTzLoader):
    """Django's, as it sets it for a connection in UTC."""

    timezone = UTC


def text(moment, zone="UTC"):
    """As the server writes it to a session of this zone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('timezone', %s, false)", [zone])
        cursor.execute("SELECT %s::timestamptz::text", [moment])
        found = cursor.fetchone()[0]
        cursor.execute("SET timezone = 'UTC'")
    return found.encode()


def read(kind, data):
    return kind(0, connection.connection).load(data)


def test_connections_read_with_it():
    user = UserFactory()
    assert connection.connection.adapters.get_loader(1184, 0) is MomentLoader
    assert user._meta.model.objects.get(id=user.id).created_at == user.created_at


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(timezones=st.just(UTC)))
def test_it_is_what_djangos_own_gives(db, moment):
    data = text(moment)
    found = read(MomentLoader, data)
    assert (found, found.tzinfo) == (moment, UTC)
    assert (found, found.tzinfo) == (read(Own, data), read(Own, data).tzinfo)


@pytest.mark.parametrize("digits", range(7))
def test_every_length_of_a_fraction_is_read(digits):
    moment = datetime(2026, 5, 1, 12, 0, 0, int("123456"[:digits].ljust(6, "0")), UTC)
    assert read(MomentLoader, text(moment)) == moment


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_another_zone_of_the_session_is_the_same_moment(zone):
    moment = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    found = read(MomentLoader, text(moment, zone))
    assert (found, found.utcoffset()) == (moment, timedelta(0))


@pytest.mark.parametrize("kind", [Own, MomentLoader])
@pytest.mark.parametrize("moment", ODD)
def test_what_python_has_no_moment_for_is_refused_alike(kind, moment):
    with pytest.raises(psycopg.DataError):
        read(kind, text(moment))
