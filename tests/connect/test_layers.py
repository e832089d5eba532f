"""The layer over a real Redis: many groups in one round trip, each its own."""

import asyncio

import pytest
from channels.layers import channel_layers, get_channel_layer
from channels_redis.pubsub import RedisSingleShardConnection
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from safety.crypto import Tampered


@pytest.fixture
async def layer():
    yield get_channel_layer()
    channel_layers.backends.clear()


async def listening(layer, *groups):
    """A channel in each of these groups, once Redis knows it."""
    channels = [await layer.new_channel() for _ in groups]
    for group, channel in zip(groups, channels, strict=True):
        await layer.group_add(group, channel)
    return channels


async def heard(layer, channel, number):
    return [(await asyncio.wait_for(layer.receive(channel), 5))["n"] for _ in range(number)]


def told(*groups, n):
    return {group: {"type": "deliver", "n": n} for group in groups}


async def test_each_group_is_told_its_own(layer):
    one, two = await listening(layer, "one", "two")
    await layer.group_send_each(told("one", n=1) | told("two", n=2))
    assert (await heard(layer, one, 1), await heard(layer, two, 1)) == ([1], [2])


async def test_one_group_hears_in_order_whatever_it_was_sent_by(layer):
    (one,) = await listening(layer, "one")
    for n in range(4):
        await (layer.group_send_each(told("one", "two", n=n)) if n % 2 else layer.group_send("one", {"n": n}))
    assert await heard(layer, one, 4) == [0, 1, 2, 3]


async def test_all_go_in_one_round_trip(layer, monkeypatch):
    trips, execute = [], Pipeline.execute

    async def counted(self, *args, **options):
        trips.append(len(self.command_stack))
        return await execute(self, *args, **options)

    monkeypatch.setattr(Pipeline, "execute", counted)
    monkeypatch.setattr(RedisSingleShardConnection, "publish", None)
    await layer.group_send_each(told(*(f"group{n}" for n in range(20)), n=1))
    assert trips == [20]


async def test_nothing_to_tell_asks_nothing(layer, monkeypatch):
    monkeypatch.setattr(Pipeline, "execute", None)
    await layer.group_send_each({})


async def test_what_is_sent_is_sealed_as_ever(layer, monkeypatch):
    sealed, seal = [], layer.serialize
    monkeypatch.setattr(layer, "serialize", lambda message: sealed.append(seal(message)) or sealed[-1])
    await layer.group_send_each(told("one", n="a word nobody else should read"))
    assert len(sealed) == 1
    assert b"a word" not in sealed[0]


async def test_what_is_sealed_opens_with_the_same_key_alone():
    one, same, other = (type(get_channel_layer())(capacity=1, key=key) for key in ("one", "one", "other"))
    sealed = one.serialize({"type": "deliver", "n": 1})
    assert same.deserialize(sealed) == {"type": "deliver", "n": 1}
    with pytest.raises(Tampered):
        other.deserialize(sealed)


async def test_without_redis_it_says_so(monkeypatch):
    layer = type(get_channel_layer())(
        hosts=[{"address": "redis://127.0.0.1:1/0", "socket_connect_timeout": 1}], capacity=1
    )
    with pytest.raises((RedisError, OSError)):
        await layer.group_send_each(told("one", n=1))
