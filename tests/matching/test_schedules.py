"""Two who mean to talk: the other is told, and both are reminded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.errors import WrongState
from connect.enums import UserStatus
from connect.models import Notification, User
from matching.models import ConnectionEvent
from matching.services import connections, schedules
from safety.enums import BlockSource
from safety.models import Block
from tests.matching.builders import account

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def edge(now):
    return connections.form(first=account().id, second=account().id, origin="live", now=now)


def schedule(edge, at, now):
    return schedules.schedule_chat(connection_id=edge.id, by=edge.user_low_id, at=at, now=now)


def told(kind):
    return list(Notification.objects.filter(type=kind).order_by("id").values_list("user_id", flat=True))


def test_the_other_is_told_once(edge, now):
    for _ in range(2):
        schedule(edge, now + HOUR, now)
    assert told("chat_scheduled") == [edge.user_high_id]


def test_both_are_reminded_shortly_before_and_once(edge, now):
    schedule(edge, now + HOUR, now)
    assert schedules.remind_due(now=now + 44 * MINUTE) == 0
    assert [schedules.remind_due(now=now + 46 * MINUTE) for _ in range(2)] == [1, 0]
    assert set(told("chat_soon")) == {edge.user_low_id, edge.user_high_id}
    assert len(told("chat_soon")) == 2


def test_what_is_near_already_is_reminded_of_at_once(edge, now):
    schedule(edge, now + 5 * MINUTE, now)
    assert schedules.remind_due(now=now) == 1
    assert len(told("chat_soon")) == 2


def test_what_is_over_is_not(edge, now):
    schedule(edge, now + HOUR, now)
    assert schedules.remind_due(now=now + 2 * HOUR) == 1
    assert told("chat_soon") == []
    assert not ConnectionEvent.objects.filter(due_at__isnull=False).exists()


def test_the_next_is_for_when_it_is_over(edge, now):
    schedule(edge, now + HOUR, now)
    with pytest.raises(WrongState) as refusal:
        schedule(edge, now + 2 * HOUR, now + 59 * MINUTE)
    assert (refusal.value.code, len(told("chat_scheduled"))) == ("already_scheduled", 1)
    schedule(edge, now + 2 * HOUR, now + HOUR)
    assert len(told("chat_scheduled")) == 2


def test_none_is_made_where_the_connection_is_put_away(edge, now):
    archived(edge)
    with pytest.raises(WrongState) as refusal:
        schedule(edge, now + HOUR, now)
    assert (refusal.value.code, told("chat_scheduled")) == ("connection_archived", [])


def archived(edge):
    connections.archive(connection_id=edge.id, by=edge.user_low_id, now=timezone.now())


def leaving(edge):
    User.objects.filter(id=edge.user_high_id).update(status=UserStatus.DELETION_PENDING)


def apart(edge):
    Block.objects.create(blocker_id=edge.user_low_id, blocked_id=edge.user_high_id, source=BlockSource.MANUAL)


@pytest.mark.parametrize("become", [archived, leaving, apart])
def test_nor_those_who_do_not_want_to_or_cannot(edge, now, become):
    schedule(edge, now + HOUR, now)
    become(edge)
    schedules.remind_due(now=now + 50 * MINUTE)
    assert told("chat_soon") == []
