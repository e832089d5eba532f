"""Events to people's sockets: after the commit, each their own, in order, and never in the way of the call."""

import asyncio
import threading
from uuid import uuid4

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.db import connections, transaction

from connect import realtime
from connect.realtime import publish, publish_each, user_group


class Layer:
    """Stands in for Redis at its own edge: what was sent to which group, and whatever is to go wrong."""

    def __init__(self) -> None:
        self.sent = []
        self.trouble = None

    async def group_send_each(self, messages):
        if self.trouble:
            await self.trouble()
        self.sent += messages.items()


@pytest.fixture
def layer(monkeypatch):
    layer = Layer()
    monkeypatch.setattr(realtime, "get_channel_layer", lambda: layer)
    return layer


def settled():
    """Once this is back, whatever was handed over before has run."""
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), realtime._loop()).result(5)


def sent(layer):
    settled()
    return [(group, [(frame["type"], frame["data"]) for frame in message["frames"]]) for group, message in layer.sent]


@pytest.mark.django_db(transaction=True)
class TestCommit:
    def test_it_is_sent_once_the_transaction_is_committed(self, layer):
        person = uuid4()
        with transaction.atomic():
            publish([person], "note", {"n": 1})
            assert sent(layer) == []
        assert sent(layer) == [(user_group(person), [("note", {"n": 1})])]

    def test_what_is_rolled_back_is_sent_to_nobody(self, layer):
        with transaction.atomic():
            publish([uuid4()], "note", {})
            transaction.set_rollback(True)
        assert sent(layer) == []

    def test_outside_a_transaction_it_is_sent_at_once(self, layer):
        publish([uuid4()], "note", {})
        assert len(sent(layer)) == 1

    def test_each_person_is_told_in_a_group_of_their_own(self, layer):
        first, second = uuid4(), uuid4()
        publish([first, second], "note", {"n": 1})
        told = [("note", {"n": 1})]
        assert sent(layer) == [(user_group(first), told), (user_group(second), told)]

    def test_several_events_of_one_person_are_one_group_message_in_order(self, layer):
        first, second = uuid4(), uuid4()
        publish_each([(first, "a", {"n": 1}), (second, "b", {"n": 2}), (first, "c", {"n": 3}), (first, "a", {"n": 4})])
        assert sent(layer) == [
            (user_group(first), [("a", {"n": 1}), ("c", {"n": 3}), ("a", {"n": 4})]),
            (user_group(second), [("b", {"n": 2})]),
        ]

    def test_events_are_taken_when_published_and_not_when_committed(self, layer):
        events = [(uuid4(), "note", {})]
        with transaction.atomic():
            publish_each(events)
            events.clear()
        assert len(sent(layer)) == 1

    def test_nothing_to_tell_is_no_message(self, layer):
        publish_each([])
        publish([], "note", {})
        assert sent(layer) == []


@pytest.mark.django_db(transaction=True)
class TestTrouble:
    def test_a_layer_that_fails_does_no_harm_to_the_call_or_the_next(self, layer):
        async def refuse():
            raise ConnectionError("no Redis")

        layer.trouble = refuse
        with transaction.atomic():
            publish([uuid4()], "note", {})
        assert sent(layer) == []
        layer.trouble = None
        publish([uuid4()], "note", {})
        assert len(sent(layer)) == 1

    def test_a_layer_that_hangs_delays_nobody(self, layer, monkeypatch):
        async def hang():
            await asyncio.sleep(60)

        monkeypatch.setattr(realtime, "TIMEOUT", 0.2)
        layer.trouble = hang
        with transaction.atomic():
            publish([uuid4()], "slow", {})
        settled()
        layer.trouble = None
        publish([uuid4()], "quick", {})
        assert [frames[0][0] for _, frames in sent(layer)] == ["quick"]

    def test_a_layer_that_hangs_is_given_up(self, layer, monkeypatch):
        given_up = threading.Event()

        async def hang():
            try:
                await asyncio.sleep(60)
            finally:
                given_up.set()

        monkeypatch.setattr(realtime, "TIMEOUT", 0.2)
        layer.trouble = hang
        publish([uuid4()], "slow", {})
        assert given_up.wait(5)


def publish_and_hang_up(events):
    try:
        publish_each(events)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
async def test_over_redis_each_person_receives_their_own_events_together():
    first, second = uuid4(), uuid4()
    layer = get_channel_layer()
    try:
        channels = [await layer.new_channel() for _ in range(2)]
        for person, channel in zip((first, second), channels, strict=True):
            await layer.group_add(user_group(person), channel)
        events = [(first, "a", {"n": 1}), (second, "b", {}), (first, "c", {"n": 2})]
        await asyncio.to_thread(publish_and_hang_up, events)
        told = [await asyncio.wait_for(layer.receive(channel), 5) for channel in channels]
        assert [[frame["type"] for frame in message["frames"]] for message in told] == [["a", "c"], ["b"]]
    finally:
        channel_layers.backends.clear()
