"""Presence over the websocket."""

import pytest
from django.db import transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.enums import RevealState
from chat.services import presence, reveals
from connect.models import User
from tests.chat.people import new_two

pytestmark = pytest.mark.django_db(transaction=True)


def reveal(two):
    with transaction.atomic():
        reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
        reveals.request(conversation_id=two.conversation.id, by=two.b, now=timezone.now())


async def test_anonymous_people_see_no_presence(connect):
    two = await new_two()
    first = await connect(two.a)
    await connect(two.b)
    assert (await first.call("presence.watch", user_ids=[str(two.b)]))["data"]["people"] == []
    assert await first.silent("presence")


async def test_connections_see_each_other_come_and_go(connect):
    two = await new_two()
    await in_thread(reveal)(two)
    first = await connect(two.a)
    seen = (await first.call("presence.watch", user_ids=[str(two.b)]))["data"]["people"]
    assert seen == [{"user_id": str(two.b), "online": False, "last_seen_at": None}]
    second = await connect(two.b)
    assert (await first.event("presence"))["data"]["online"] is True
    await second.socket.leave()
    gone = (await first.event("presence"))["data"]
    stored = await in_thread(User.objects.get)(id=two.b)
    assert (gone["online"], gone["last_seen_at"]) == (False, stored.last_seen_at.isoformat())


async def test_with_a_second_device_open_nobody_is_gone(connect):
    two = await new_two()
    phone, _laptop = await connect(two.a), await connect(two.a)
    await phone.socket.leave()
    assert await in_thread(presence.online)([two.a], now=timezone.now()) == {two.a}


async def test_who_does_not_watch_is_not_told(connect):
    two = await new_two()
    await in_thread(reveal)(two)
    first = await connect(two.a)
    await connect(two.b)
    assert await first.silent("presence")
    assert (await in_thread(two.fresh)()).reveal_state == RevealState.MUTUAL
