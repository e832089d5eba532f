"""Who has a socket open, and when somebody last had; shown to their connections only.

Presence lives in Redis alone and is never the truth of anything: without Redis nobody is shown as online. A
person's sockets are a sorted set by the moment each lapses unless its process renews it; a second set holds
everybody by the moment their last socket does, which is how the sweeper finds those whose process died.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from redis import Redis
from redis.exceptions import RedisError

from chat import queries
from connect.realtime import publish
from safety.roles import as_service

logger = structlog.get_logger(__name__)

# Drop one socket and those that lapsed; 1 when it was the person's last.
_LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
if redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
return redis.call('ZREM', KEYS[2], ARGV[3])
"""


@dataclass(frozen=True)
class Seen:
    """How present one person is."""

    user_id: UUID
    online: bool
    last_seen_at: datetime | None

    def frame(self) -> dict[str, Any]:
        moment = self.last_seen_at.isoformat() if self.last_seen_at else None
        return {"user_id": str(self.user_id), "online": self.online, "last_seen_at": moment}


def enter(*, user_id: UUID, socket_id: str, now: datetime) -> None:
    """A socket opened; connections are told when it is the person's first."""
    was_online = user_id in online([user_id], now=now)
    renew(sockets=[(user_id, socket_id)], now=now)
    if not was_online:
        _tell(user_id, online=True, now=now)


def renew(*, sockets: Iterable[tuple[UUID, str]], now: datetime) -> None:
    """These sockets still live."""
    lapses = (now + settings.PRESENCE_LIFETIME).timestamp()
    try:
        with _redis().pipeline(transaction=False) as pipe:
            for user_id, socket_id in sockets:
                pipe.zadd(_sockets_key(user_id), {socket_id: lapses})
                pipe.expire(_sockets_key(user_id), settings.PRESENCE_LIFETIME)
                pipe.zadd(_people_key(), {user_id.hex: lapses})
            pipe.execute()
    except RedisError as exc:
        _log_down(exc)


def leave(*, user_id: UUID, socket_id: str, now: datetime) -> None:
    """A socket closed; with the person's last one, `last_seen_at` is written and connections are told."""
    keys = [_sockets_key(user_id), _people_key()]
    try:
        last = _redis().eval(_LEAVE, len(keys), *keys, socket_id, str(now.timestamp()), user_id.hex)
    except RedisError as exc:
        _log_down(exc)
        return
    if last:
        _write_last_seen({user_id: now})
        _tell(user_id, online=False, now=now)


def forget(user_id: UUID) -> None:
    """Drop a person's sockets, of whom nobody is told any more. Raises RedisError."""
    _redis().delete(_sockets_key(user_id))
    _redis().zrem(_people_key(), user_id.hex)


def online(user_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Those of the people who have a socket open; none of them where Redis cannot be asked."""
    return known_online(user_ids, now=now) or set()


def known_online(user_ids: Collection[UUID], *, now: datetime) -> set[UUID] | None:
    """The same; None where Redis cannot be asked."""
    ids = list(user_ids)
    try:
        lapses = _redis().zmscore(_people_key(), [user_id.hex for user_id in ids]) if ids else []
    except RedisError as exc:
        _log_down(exc)
        return None
    return {user_id for user_id, moment in zip(ids, lapses, strict=True) if moment and moment > now.timestamp()}


def watch(*, by: UUID, user_ids: Collection[UUID], now: datetime) -> list[Seen]:
    """How present those of `user_ids` are whom `by` is connected to; the others are left out."""
    with as_service():
        known = queries.connected_to(by, among=user_ids)
        people = get_user_model()._default_manager.filter(id__in=known)
        last_seen = dict(people.order_by("id").values_list("id", "last_seen_at"))
    there = online(list(last_seen), now=now)
    return [Seen(person, person in there, moment) for person, moment in last_seen.items()]


def sweep(*, now: datetime) -> int:
    """Write off people whose sockets lapsed without a goodbye. How many."""
    lifetime = settings.PRESENCE_LIFETIME
    try:
        lapsed: Any = _redis().zrangebyscore(_people_key(), "-inf", now.timestamp(), withscores=True)
    except RedisError as exc:
        _log_down(exc)
        return 0
    seen = {UUID(hex=member): datetime.fromtimestamp(score, UTC) - lifetime for member, score in lapsed}
    _write_last_seen(seen)
    for user_id in seen:
        _tell(user_id, online=False, now=now)
    _redis().zremrangebyscore(_people_key(), "-inf", now.timestamp())
    return len(seen)


def _write_last_seen(seen: dict[UUID, datetime]) -> None:
    users = get_user_model()._default_manager
    with transaction.atomic(), as_service():
        for user_id, moment in sorted(seen.items()):
            earlier = Q(last_seen_at=None) | Q(last_seen_at__lt=moment)
            users.filter(earlier, id=user_id).update(last_seen_at=moment)


def _tell(user_id: UUID, *, online: bool, now: datetime) -> None:
    frame = Seen(user_id, online, None if online else now).frame()
    with transaction.atomic(), as_service():
        publish(queries.connected_to(user_id), "presence", frame)


def _log_down(exc: RedisError) -> None:
    logger.warning("presence_unavailable", error=type(exc).__name__)


def _sockets_key(user_id: UUID) -> str:
    return f"{settings.REDIS_PREFIX}:presence:{user_id.hex}"


def _people_key() -> str:
    return f"{settings.REDIS_PREFIX}:presence"


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=1, socket_connect_timeout=1)
