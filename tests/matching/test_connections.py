"""Connections: formed once, ended for both, hidden again."""

import pytest

from config.db import new_id
from config.errors import NotYours
from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Disclosure, User
from connect.services import disclosures
from matching.enums import ConnectionStatus, MatchStatus, Origin
from matching.models import Connection, ConnectionEvent, Match
from matching.services import connections
from matching.signals import connection_ended, connection_formed
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import account, heard, match_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return account().id, account().id


def matched(two, now, status=MatchStatus.PROPOSED):
    return match_of(*User.objects.filter(id__in=two), now, status)


def form(two, now, match=None):
    return connections.form(first=two[1], second=two[0], origin=Origin.COMPATIBILITY, match=match, now=now)


def end(two, now, by=None):
    return connections.end_between(first=two[0], second=two[1], by=by or two[0], reason="over", now=now)


def see_each_other(two, now):
    disclosures.grant_mutual(
        first=two[0],
        second=two[1],
        level=DisclosureLevel.IDENTITY,
        source=DisclosureSource.REVEAL,
        source_id=two[0],
        now=now,
    )


def test_forming_orders_the_pair_and_tells(two, now):
    with heard(connection_formed) as signals:
        connection = form(two, now)
    assert [connection.user_low_id, connection.user_high_id] == sorted(two)
    assert [(told["connection"], told["now"]) for told in signals] == [(connection, now)]


def test_forming_keeps_its_timeline_and_match(two, now):
    match = matched(two, now)
    connection = form(two, now, match)
    assert connection.match == match
    events = ConnectionEvent.objects.filter(connection=connection).order_by("id")
    assert [event.event_type for event in events] == ["created", "revealed"]


def test_forming_again_returns_the_standing_one(two, now):
    connection = form(two, now)
    with heard(connection_formed) as signals:
        assert form(two, now) == connection
    assert signals == []
    assert ConnectionEvent.objects.count() == 2


def test_an_archived_one_still_stands(two, now):
    connection = form(two, now)
    Connection.objects.update(status=ConnectionStatus.ARCHIVED)
    assert form(two, now) == connection


def test_after_the_end_a_new_one_forms(two, now):
    connection = form(two, now)
    end(two, now)
    assert form(two, now) != connection


def test_nobody_connects_to_nobody(two, now):
    with pytest.raises(NotYours):
        connections.form(first=two[0], second=new_id(), origin=Origin.LIVE, match=None, now=now)


def test_ending_says_by_whom_and_why(two, now):
    form(two, now)
    with heard(connection_ended) as signals:
        ended = end(two, now)
    stored = Connection.objects.get(id=ended.id)
    assert (stored.status, stored.ended_by, stored.ended_at, stored.reason) == (
        "terminated",
        two[0],
        now,
        "over",
    )
    assert [told["connection"] for told in signals] == [ended]
    assert ConnectionEvent.objects.filter(connection=ended, event_type="ended").count() == 1


def test_ending_hides_the_two_again(two, now):
    form(two, now)
    see_each_other(two, now)
    end(two, now)
    assert not Disclosure.objects.live().exists()


def test_ending_closes_the_match_it_came_from(two, now):
    match = matched(two, now, MatchStatus.REVEALED)
    form(two, now, match)
    end(two, now)
    assert Match.objects.get(id=match.id).status == MatchStatus.CLOSED


def test_ending_what_is_not_there_tells_nobody(two, now):
    with heard(connection_ended) as signals:
        assert end(two, now) is None
    assert signals == []


def test_a_block_ends_the_connection_and_hides(two, now):
    form(two, now)
    see_each_other(two, now)
    blocks.block(by=two[1], other=two[0], source=BlockSource.MANUAL, now=now)
    stored = Connection.objects.get()
    assert (stored.status, stored.ended_by, stored.reason) == ("blocked", two[1], "blocked")
    assert not Disclosure.objects.live().exists()


def test_a_block_without_a_connection_hides_too(two, now):
    see_each_other(two, now)
    blocks.block(by=two[0], other=two[1], source=BlockSource.MANUAL, now=now)
    assert not Disclosure.objects.live().exists()
