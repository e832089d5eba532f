"""Channels' own layer over Redis, which tells many groups in one round trip and holds so much for a reader."""

import hashlib
from collections.abc import Mapping
from typing import Any

from channels_redis.core import BoundedQueue
from channels_redis.pubsub import RedisPubSubChannelLayer

from safety.crypto import Cipher

PLACE = b"channel layer"


class GroupsLayer(RedisPubSubChannelLayer):
    """A batch of messages goes to two people each: sent one by one, that costs as much as storing them.

    Of what a reader does not take, `capacity` messages are held and the oldest go first: without an end, one client
    that stalls would fill the memory of the process. What it misses it finds by the gap.

    With a `key` what passes through Redis is sealed by the cipher of messages; Channels' own takes five times as long,
    and each event is sealed and opened twice.
    """

    def __init__(self, *args: Any, capacity: int, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._capacity = capacity
        self._cipher = Cipher(hashlib.sha256(key.encode()).digest()) if key else None

    def serialize(self, message: dict[str, Any]) -> bytes:
        packed: bytes = super().serialize(message)
        return self._cipher.seal(packed, PLACE) if self._cipher else packed

    def deserialize(self, message: bytes) -> Any:
        """Raises Tampered for what was not sealed with this key."""
        return super().deserialize(self._cipher.open(message, PLACE) if self._cipher else message)

    async def new_channel(self, prefix: str = "specific.") -> str:
        """As the base class, with an end to what waits; nobody knows the channel yet, so that nothing does."""
        layer = self._get_layer()
        channel: str = await layer.new_channel(prefix)
        layer.channels[channel] = BoundedQueue(self._capacity)
        return channel

    async def group_send_each(self, messages: Mapping[str, dict[str, Any]]) -> None:
        """What `group_send` does, for each of these groups in turn."""
        if not messages:
            return
        layer = self._get_layer()
        by_shard: dict[Any, list[tuple[str, bytes]]] = {}
        for group, message in messages.items():
            channel = layer._get_group_channel_name(group)
            by_shard.setdefault(layer._get_shard(channel), []).append((channel, self.serialize(message)))
        for shard, sealed in by_shard.items():
            await _publish(shard, sealed)


async def _publish(shard: Any, sealed: list[tuple[str, bytes]]) -> None:
    async with shard._lock:
        shard._ensure_redis()
        together = shard._redis.pipeline(transaction=False)
        for channel, message in sealed:
            together.publish(channel, message)
        await together.execute()
