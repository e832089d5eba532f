"""Whoever waits for a live conversation has a socket, or looks now and then, or waits no more."""

from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError

from chat.services import presence, waiting
from tests.matching.waiters import friend, join, status_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def follow(now, seconds):
    for passed in range(0, seconds + 1, 5):
        waiting.settle(now=now + passed * SECOND)


def test_who_has_a_socket_waits_on_and_who_has_none_does_not(now):
    here, gone = friend(now), friend(now)
    for user in (here, gone):
        join(user, now)
    presence.renew(sockets=[(here.id, "a")], now=now)
    follow(now, 35)
    assert (status_of(here), status_of(gone)) == (("active", ""), ("cancelled", "absent"))


def test_without_redis_nobody_is_taken_out(now, monkeypatch):
    me = friend(now)
    join(me, now)

    def down():
        raise ConnectionError

    monkeypatch.setattr(presence, "_redis", down)
    follow(now, 120)
    assert status_of(me) == ("active", "")
