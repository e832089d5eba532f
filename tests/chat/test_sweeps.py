"""What the clock sees to one conversation at a time: one that fails keeps back no other."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from chat.models import Conversation
from chat.services import conversations, gates, locks, pairings, reveals, survivors
from connect.models import User
from safety.enums import FOREVER, BlockSource
from safety.models import Block
from safety.services import blocks
from tests.chat.live import BEGAN, make_pair
from tests.chat.people import make_two

pytestmark = pytest.mark.django_db
NOW = BEGAN + timedelta(minutes=10)


def live():
    return make_pair()


def unattended():
    return make_pair(began=NOW - timedelta(minutes=2))


def left_behind():
    pair = make_pair()
    Conversation.objects.filter(id=pair.conversation.id).update(survivor="a")
    return pair


def silent():
    two = make_two()
    Conversation.objects.filter(id=two.conversation.id).update(last_activity_at=NOW - timedelta(days=30))
    return two


def offered():
    two = make_two()
    with transaction.atomic():
        reveals.request(conversation_id=two.conversation.id, by=two.a, now=NOW - timedelta(days=30))
    return two


def banned():
    two = make_two()
    User.objects.filter(id=two.a).update(suspended_until=FOREVER)
    return two


def apart():
    two = make_two()
    Block.objects.create(blocker_id=two.a, blocked_id=two.b, source=BlockSource.MANUAL, due_at=NOW)
    return two


@pytest.mark.parametrize(
    "sweep, due",
    [
        (gates.sweep, live),
        (pairings.watch, unattended),
        (survivors.requeue, left_behind),
        (conversations.close_silent, silent),
        (conversations.close_banned, banned),
        (reveals.expire_overdue, offered),
        (blocks.part_due, apart),
    ],
)
def test_the_others_are_seen_to(sweep, due, monkeypatch):
    failing, _ = due(), due()
    held, paired = locks.pair_and_conversation, blocks.lock_pair

    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    def hold(conversation_id, *, by):
        return broken() if conversation_id == failing.conversation.id else held(conversation_id, by=by)

    def pair(first, second):
        return broken() if failing.a in (first, second) else paired(first, second)

    monkeypatch.setattr(locks, "pair_and_conversation", hold)
    monkeypatch.setattr(blocks, "lock_pair", pair)
    assert sweep(now=NOW) == 1
