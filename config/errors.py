"""The refusals that services raise. They know nothing of HTTP; `config.api.errors` gives them a status.

Each subclass is one situation a client may have to tell apart, named by its `code`.
"""

from typing import Any


class DomainError(Exception):
    """A rule refused the call. `message` is for people, `details` for programs."""

    code = "invalid"
    message = "This cannot be done."

    def __init__(self, message: str | None = None, *, code: str | None = None, **details: Any) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.details = details
        super().__init__(self.message)


class Invalid(DomainError):
    """The input breaks a rule that needs more than its own field to check."""

    message = "The request is not valid."


class NotSignedIn(DomainError):
    """No, or no longer, a valid session."""

    code = "not_authenticated"
    message = "Sign in first."


class Forbidden(DomainError):
    """The caller's own role or standing does not allow it."""

    code = "forbidden"
    message = "You are not allowed to do this."


class NotOpenYet(Forbidden):
    """A flag keeps this from everybody but staff."""

    code = "not_open_yet"
    message = "This has not opened yet."


class NotYours(DomainError):
    """Missing, or somebody else's: to a person who takes no part in it a thing does not exist."""

    code = "not_found"
    message = "Not found."


class WrongState(DomainError):
    """The thing exists but is not in a state that allows this."""

    code = "wrong_state"
    message = "This is not possible any more, or not yet."


class CapacityReached(DomainError):
    """A limit on how many of something a person may have at once."""

    code = "capacity_reached"
    message = "There is no room for another one."


class ConsentMissing(DomainError):
    """The live consent that this needs was not given."""

    code = "consent_missing"
    message = "This needs your consent first."


class KeyReused(DomainError):
    """An idempotency key came back with another request."""

    code = "idempotency_mismatch"
    message = "This Idempotency-Key was used for a different request."


class TooFast(DomainError):
    """A rate limit; `retry_after` in seconds."""

    code = "rate_limited"
    message = "Too many requests. Wait a moment."

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something this needs is down; trying again later is right."""

    code = "unavailable"
    message = "This is not available right now. Try again shortly."
