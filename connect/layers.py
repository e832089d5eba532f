"""Channels' own layer over Redis, which tells many groups in one round trip."""

from collections.abc import Mapping
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer


class GroupsLayer(RedisPubSubChannelLayer):
    """A batch of messages goes to two people each: sent one by one, that costs as much as storing them."""

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
