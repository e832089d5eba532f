"""Attempts to sign in, counted for the account they name whether or not there is one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from config.errors import TooFast
from safety import limits
from safety.crypto import keyed_hash
from safety.limits import Call

logger = structlog.get_logger(__name__)

# Where somebody has signed in from is known for as long as a device stays signed in; of very many places the newest.
KNOWN_FOR = timedelta(days=60)
KNOWN_PLACES = 50


@dataclass(frozen=True)
class Attempt:
    """One attempt that may be made, and where it was counted."""

    name: str
    address: str
    counted: Sequence[Call]

    def succeeded(self) -> None:
        """It was right: it counts for nothing, and where it came from is known."""
        limits.give_back(*self.counted)
        _remember(self.name, self.address)


def count(policy: str, *, name: str, address: str) -> Attempt:
    """Count one attempt on the account `name` by `policy`, and first by `<policy>_here`, which is one address's share.

    That share is small and the whole is large, and an address from which the account has been signed in to before may
    try its share although the whole is used up: so guesses from elsewhere do not lock the owner out. Each attempt is
    counted before anything is compared, so that no more are made at once than may be. Raises TooFast, and Unavailable
    when Redis is gone and the policy is sensitive.
    """
    here = Call([f"{policy}_here"], _place_of(name, address), address)
    whole = Call([policy], named(name), address)
    _check(here)
    try:
        _check(whole)
    except TooFast:
        if not _is_known(name, address):
            raise
        return Attempt(name, address, [here])
    return Attempt(name, address, [here, whole])


def forget(name: str) -> None:
    """Drop what was counted for a name, and where it is known to sign in from. Raises RedisError.

    The shares of single addresses run out within a day.
    """
    limits.forget(named(name))
    limits.client().delete(_places_of(name))


def named(name: str) -> UUID:
    """What stands in a limit for an account of which only the typed name is known; the name is not kept."""
    # Up and down: a dotless i and its like become the letters that a look-up without case takes them for.
    folded = name.upper().lower()
    return UUID(keyed_hash(folded.encode(), "typed name")[:32])


def _check(call: Call) -> None:
    limits.check(*call.policies, account=call.account, address=call.address)


def _place_of(name: str, address: str) -> UUID:
    return named(f"{name}\0{limits.place(address)}")


def _places_of(name: str) -> str:
    return f"{settings.REDIS_PREFIX}/known/{named(name)}"


def _remember(name: str, address: str) -> None:
    key = _places_of(name)
    try:
        with limits.client().pipeline() as pipe:
            pipe.zadd(key, {str(_place_of(name, address)): time.time()})
            pipe.zremrangebyrank(key, 0, -KNOWN_PLACES - 1)
            pipe.expire(key, KNOWN_FOR)
            pipe.execute()
    except (RedisError, ConnectionError) as exc:
        logger.warning("limits_unavailable", error=type(exc).__name__)


def _is_known(name: str, address: str) -> bool:
    try:
        return limits.client().zscore(_places_of(name), str(_place_of(name, address))) is not None
    except (RedisError, ConnectionError) as exc:
        logger.warning("limits_unavailable", error=type(exc).__name__)
        return False
