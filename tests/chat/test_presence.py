"""Who is there."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisDown

from chat import tasks
from chat.services import presence, reveals
from connect.models import User
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.people import make_user


@pytest.fixture
def connected(two):
    for person in (two.a, two.b):
        reveals.request(conversation_id=two.conversation.id, by=person, now=timezone.now())
    return two


def enter(user_id, socket_id="s1", now=None):
    presence.enter(user_id=user_id, socket_id=socket_id, now=now or timezone.now())


def test_a_socket_makes_a_person_online(db):
    person = make_user().id
    enter(person)
    assert presence.online([person], now=timezone.now()) == {person}


def test_the_last_socket_takes_them_off_and_writes_when(db):
    person, now = make_user().id, timezone.now()
    enter(person)
    presence.leave(user_id=person, socket_id="s1", now=now)
    assert presence.online([person], now=now) == set()
    assert User.objects.get(id=person).last_seen_at == now


def test_another_socket_keeps_them(db):
    person = make_user().id
    enter(person)
    enter(person, "s2")
    presence.leave(user_id=person, socket_id="s1", now=timezone.now())
    assert presence.online([person], now=timezone.now()) == {person}
    assert User.objects.get(id=person).last_seen_at is None


def test_a_socket_that_is_not_renewed_lapses(db):
    person, now = make_user().id, timezone.now()
    enter(person, now=now)
    assert presence.online([person], now=now + settings.PRESENCE_LIFETIME) == set()


def test_a_renewed_one_does_not(db):
    person, now = make_user().id, timezone.now()
    enter(person, now=now)
    presence.renew(sockets=[(person, "s1")], now=now + timedelta(seconds=30))
    assert presence.online([person], now=now + settings.PRESENCE_LIFETIME) == {person}


def test_the_sweeper_writes_when_a_lost_socket_was_last_heard_of(db):
    person, now = make_user().id, timezone.now()
    enter(person, now=now)
    assert presence.sweep(now=now + settings.PRESENCE_LIFETIME) == 1
    assert abs(User.objects.get(id=person).last_seen_at - now) < timedelta(milliseconds=1)


def test_the_sweeper_leaves_who_is_there(db):
    person = make_user().id
    enter(person)
    tasks.sweep_presence()
    assert presence.online([person], now=timezone.now()) == {person}


def test_connections_see_each_other(connected):
    enter(connected.b)
    (seen,) = presence.watch(by=connected.a, user_ids=[connected.b], now=timezone.now())
    assert (seen.user_id, seen.online) == (connected.b, True)


def test_anonymous_people_do_not(two):
    enter(two.b)
    assert presence.watch(by=two.a, user_ids=[two.b], now=timezone.now()) == []


def test_strangers_do_not(connected):
    stranger = make_user().id
    enter(connected.b)
    assert presence.watch(by=stranger, user_ids=[connected.b], now=timezone.now()) == []


def test_a_blocked_connection_does_not(connected):
    enter(connected.b)
    blocks.block(by=connected.a, other=connected.b, source=BlockSource.MANUAL, now=timezone.now())
    assert presence.watch(by=connected.b, user_ids=[connected.a], now=timezone.now()) == []


def test_without_redis_nobody_is_online_and_nothing_fails(db, monkeypatch):
    class Down:
        def __getattr__(self, name):
            raise RedisDown("down")

    person = make_user().id
    monkeypatch.setattr(presence, "_redis", Down)
    enter(person)
    presence.leave(user_id=person, socket_id="s1", now=timezone.now())
    assert presence.online([person], now=timezone.now()) == set()
    assert presence.sweep(now=timezone.now()) == 0
