"""Attempts to sign in, counted for the account they name whether or not there is one."""

from uuid import UUID

from safety import limits
from safety.crypto import keyed_hash


def count(policy: str, *, name: str, address: str) -> None:
    """Count one attempt on the account `name` by `policy`, and first by `<policy>_here`, which is one address's share.

    That share is the smaller one: guesses from one place are stopped before they lock the owner out everywhere.
    Raises TooFast, and Unavailable when Redis is gone and the policy is sensitive.
    """
    limits.check(f"{policy}_here", account=named(f"{name}\0{address}"), address=address)
    limits.check(policy, account=named(name), address=address)


def forget(name: str) -> None:
    """Drop what was counted for a name. The shares of single addresses run out within a day. Raises RedisError."""
    limits.forget(named(name))


def named(name: str) -> UUID:
    """What stands in a limit for an account of which only the typed name is known; the name is not kept."""
    # Up and down: a dotless i and its like become the letters that a look-up without case takes them for.
    folded = name.upper().lower()
    return UUID(keyed_hash(folded.encode(), "typed name")[:32])
