"""Devices whose session ended are forgotten after a while; those that live are not."""

from datetime import timedelta

import pytest
from django.conf import settings

from connect.models import DeviceSession
from connect.services import sessions
from connect.tasks import clear_expired
from tests.factories import DeviceSessionFactory

pytestmark = pytest.mark.django_db

KEPT = settings.SESSION_KEPT


@pytest.fixture
def live(now):
    return DeviceSessionFactory()


def revoked(ago, now):
    return DeviceSessionFactory(revoked_at=now - ago)


def expired(ago, now):
    return DeviceSessionFactory(expires_at=now - ago)


@pytest.mark.parametrize("ended", [revoked, expired])
def test_one_that_ended_long_ago_is_forgotten(live, now, ended):
    ended(KEPT + timedelta(hours=1), now)
    assert sessions.clear_ended(now=now) == 1
    assert list(DeviceSession.objects.all()) == [live]


@pytest.mark.parametrize("ended", [revoked, expired])
def test_one_that_ended_lately_is_kept(now, ended):
    kept = ended(KEPT - timedelta(hours=1), now)
    assert sessions.clear_ended(now=now) == 0
    assert list(DeviceSession.objects.all()) == [kept]


def test_ninety_days_are_kept():
    assert timedelta(days=90) == KEPT


def test_the_clock_clears_them(live, now):
    revoked(KEPT + timedelta(hours=1), now)
    clear_expired()
    assert list(DeviceSession.objects.all()) == [live]
