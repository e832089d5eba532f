"""What processes count while they serve, added up over all of them in Redis, for `/metrics`.

Each process counts in memory and hands over what it has every FLUSH seconds, off the request; so it does not matter
which of many processes is scraped. Without Redis it keeps what it has. What a process that is killed had not handed
over is lost, and with the keys of Redis all is: Prometheus takes that for a counter that began anew.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from config.health import redis

logger = structlog.get_logger(__name__)

FLUSH = 5.0
BETWEEN = "\t"

Name = tuple[str, ...]
"""What is counted, and its labels."""

_lock = threading.Lock()
_counts: Counter[Name] = Counter()
_waiting: list[threading.Timer] = []


def add(amounts: Iterable[tuple[Name, float]]) -> None:
    """Count; no input or output."""
    with _lock:
        for name, amount in amounts:
            _counts[name] += amount  # type: ignore[assignment]
        if not _waiting:
            timer = threading.Timer(FLUSH, flush)
            timer.daemon = True
            _waiting.append(timer)
            timer.start()


def flush() -> None:
    """Hand over what was counted in this process; what cannot be handed over is kept for the next time."""
    with _lock:
        counted = dict(_counts)
        _counts.clear()
        _waiting.clear()
    try:
        with redis().pipeline(transaction=True) as pipe:
            for name, amount in counted.items():
                pipe.hincrbyfloat(_key(), BETWEEN.join(name), amount)
            pipe.execute()
    except RedisError as exc:
        logger.warning("tally_kept", error=type(exc).__name__)
        with _lock:
            _counts.update(counted)


def read() -> dict[Name, float]:
    """What all processes counted; nothing while Redis is away."""
    flush()
    try:
        found: Any = redis().hgetall(_key())
    except RedisError:
        return {}
    return {tuple(name.decode().split(BETWEEN)): float(amount) for name, amount in found.items()}


def forget(names: Iterable[Name]) -> None:
    """Drop what was counted of these; while Redis is away it stays."""
    gone = [BETWEEN.join(name) for name in names]
    try:
        if gone:
            redis().hdel(_key(), *gone)
    except RedisError as exc:
        logger.warning("tally_kept", error=type(exc).__name__)


def _key() -> str:
    return f"{settings.REDIS_PREFIX}:tally"
