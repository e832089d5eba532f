"""Rate limits: one table of named policies in `settings.LIMITS`, one call from HTTP and websocket alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from limits import RateLimitItem, parse_many
from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

from config.errors import DomainError, TooFast, Unavailable

logger = structlog.get_logger(__name__)

KEPT = 8192
"""Accounts and addresses, times their policies, whose keys a process remembers."""

# Fixed windows. Of each call in turn: 0 when every window has room, and each is one fuller; or the seconds until the
# fullest opens again, and nothing is counted. KEYS are the windows of all calls, ARGV how many each call has, and then
# the size and the seconds of each window.
_HIT = """
local waits, key, arg = {}, 1, tonumber(ARGV[1]) + 2
for call = 1, tonumber(ARGV[1]) do
    local last, wait = key + tonumber(ARGV[1 + call]) - 1, 0
    for i = key, last do
        if tonumber(redis.call('GET', KEYS[i]) or 0) >= tonumber(ARGV[arg + 2 * (i - 1)]) then
            wait = math.max(wait, redis.call('TTL', KEYS[i]), 1)
        end
    end
    for i = key, wait > 0 and 0 or last do
        if redis.call('INCR', KEYS[i]) == 1 then redis.call('EXPIRE', KEYS[i], ARGV[arg + 2 * (i - 1) + 1]) end
    end
    waits[call], key = wait, last + 1
end
return waits
"""
# A window that has run out meanwhile stays away; one that is there keeps its time.
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
end
"""
# The smallest piece of the new address space that belongs to one customer.
IPV6_PREFIX = 64


@dataclass(frozen=True)
class Call:
    """What is to be counted: under which policies, and by whom."""

    policies: Sequence[str]
    account: UUID | str | None
    address: str


def check(*policies: str, account: UUID | str | None, address: str) -> None:
    """Count one call under all these policies; raises TooFast when a window of one of them is full.

    Without Redis a sensitive policy refuses (Unavailable) and ordinary ones let the call through.
    """
    (refusal,) = refusals([Call(policies, account, address)])
    if refusal:
        raise refusal


def refusals(calls: Sequence[Call]) -> list[DomainError | None]:
    """Count several calls in one round trip; for each in turn what `check` would raise."""
    windows = [list(_windows(call)) for call in calls]
    keys = [key for own in windows for key, _ in own]
    sizes = [number for own in windows for _, item in own for number in (item.amount, item.get_expiry())]
    try:
        waits = _script()(keys, [len(calls), *map(len, windows), *sizes]) if calls else []
    except (RedisError, ConnectionError) as exc:
        logger.warning("limits_unavailable", calls=len(calls), error=type(exc).__name__)
        return [Unavailable() if _sensitive(call) else None for call in calls]
    return [TooFast(retry_after=wait) if wait else None for wait in waits]


def give_back(*calls: Call) -> None:
    """Take calls that were counted, and turn out not to count, out of their windows; without Redis that is left."""
    keys = [key for call in calls for key, _ in _windows(call)]
    try:
        client().eval(_GIVE_BACK, len(keys), *keys)
    except (RedisError, ConnectionError) as exc:
        logger.warning("limits_unavailable", calls=len(calls), error=type(exc).__name__)


def forget(account: UUID | str) -> None:
    """Drop every window of an account, as far as they have not run out. Raises RedisError."""
    keys = [key for policy in settings.LIMITS for key, _ in _windows(Call([policy], account, ""))]
    client().delete(*keys)


def client() -> Any:
    """The connection to Redis that limits use, with its short time-outs."""
    return _script().registered_client


def place(address: str) -> str:
    """What an address counts as: of IPv6 the network, or whoever has one would have any number of addresses."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except AddressValueError:
        return address
    return str(found.ipv4_mapped or IPv6Network((found, IPV6_PREFIX), strict=False))


def _sensitive(call: Call) -> bool:
    return any(settings.LIMITS[policy]["sensitive"] for policy in call.policies)


def _windows(call: Call) -> Iterator[tuple[str, RateLimitItem]]:
    """Every window of a call's policies by its key in Redis."""
    subjects = {"account": call.account, "address": place(call.address)}
    for policy in call.policies:
        rules: Mapping[str, Any] = settings.LIMITS[policy]
        for scope, subject in subjects.items():
            if subject and rules.get(scope):
                yield from _keys(rules[scope], settings.REDIS_PREFIX, policy, scope, str(subject))


@lru_cache(maxsize=KEPT)
def _keys(rates: str, *identifiers: str) -> list[tuple[str, RateLimitItem]]:
    """The same for all calls of one account or address: putting keys together costs more than sending them."""
    return [(item.key_for(*identifiers), item) for item in _parsed(rates)]


@cache
def _parsed(rates: str) -> list[RateLimitItem]:
    return parse_many(rates)


@cache
def _script() -> Script:
    connected = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    return connected.register_script(_HIT)
