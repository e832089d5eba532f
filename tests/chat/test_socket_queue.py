"""The queue for live conversations over the websocket: the same calls as over HTTP."""

import pytest
from django.utils import timezone

from chat.calls import in_thread
from matching.models import QueueEntry
from matching.services import pairing
from tests.chat.people import new_two
from tests.matching.waiters import friend, join

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def me(connect):
    """Somebody who may wait, and their socket."""
    user = await in_thread(friend)(timezone.now())
    return user, await connect(user.id)


async def test_one_waits_and_is_told_how_it_stands(me):
    _, socket = me
    first = (await socket.call("queue.status"))["data"]
    joined = (await socket.call("queue.join"))["data"]
    assert (first["status"], first["unmet"], joined["status"]) == ("none", [], "active")
    assert (await socket.call("queue.status"))["data"] == joined


async def test_joining_twice_is_waiting_once(me):
    user, socket = me
    answers = [(await socket.call("queue.join"))["data"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert await in_thread(QueueEntry.objects.filter(user=user).count)() == 1


async def test_one_leaves_and_leaving_twice_is_leaving_once(me):
    _, socket = me
    await socket.call("queue.join")
    answers = [(await socket.call("queue.leave"))["data"] for _ in range(2)]
    assert (answers[0]["status"], answers[0]["reason"]) == ("cancelled", "left")
    assert answers[0] == answers[1]


async def test_who_may_not_wait_is_told_all_that_is_missing(connect):
    two = await new_two()
    answer = await (await connect(two.a)).call("queue.join")
    assert (answer["type"], answer["data"]["code"]) == ("error", "queue_locked")
    assert answer["data"]["details"]["unmet"] != []


async def test_who_is_paired_is_told_with_whom_to_talk(me):
    _, socket = me
    other = await in_thread(friend)(timezone.now())
    await socket.call("queue.join")
    await in_thread(join)(other, timezone.now())
    await in_thread(pairing.sweep)(now=timezone.now())
    begun, told = [(await socket.event("queue.status"))["data"] for _ in range(2)]
    stands = (await socket.call("queue.status"))["data"]
    assert (begun["status"], told["status"]) == ("active", "matched")
    assert stands["session_id"] == told["session_id"]
