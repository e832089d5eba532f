"""Rate limits: one table of named policies in `settings.LIMITS`, one call from HTTP and websocket alike."""

import time
from functools import cache
from uuid import UUID

import structlog
from django.conf import settings
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from config.errors import TooFast, Unavailable

logger = structlog.get_logger(__name__)


def check(policy: str, *, account: UUID | None, address: str) -> None:
    """Count one call; raises TooFast past any of the policy's limits.

    Without Redis a sensitive policy refuses (Unavailable) and an ordinary one lets the call through.
    """
    rules = settings.LIMITS[policy]
    try:
        if account:
            _count(policy, "account", str(account), rules.get("account"))
        _count(policy, "address", address, rules.get("address"))
    except (RedisError, StorageError, ConnectionError) as exc:
        logger.warning("limits_unavailable", policy=policy, error=type(exc).__name__)
        if rules["sensitive"]:
            raise Unavailable() from exc


def _count(policy: str, scope: str, subject: str, rates: str | None) -> None:
    for item in _parsed(rates) if rates else ():
        if not _limiter().hit(item, settings.REDIS_PREFIX, policy, scope, subject):
            reset = _limiter().get_window_stats(item, settings.REDIS_PREFIX, policy, scope, subject).reset_time
            raise TooFast(retry_after=max(1, int(reset - time.time()) + 1))


@cache
def _parsed(rates: str) -> list[RateLimitItem]:
    return parse_many(rates)


@cache
def _limiter() -> FixedWindowRateLimiter:
    storage = storage_from_string(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, wrap_exceptions=True)
    return FixedWindowRateLimiter(storage)
