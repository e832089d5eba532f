"""Access and refresh tokens: JWTs that name a device session."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from config import clock
from config.errors import NotSignedIn
from safety.unit import Caller

KEPT = 4096
"""Access tokens whose claims a process remembers: a person sends the same one for a quarter of an hour."""


class _Claimed(NamedTuple):
    """What a token says; `expires_at` in seconds."""

    user_id: UUID
    session_id: UUID
    expires_at: int


def access_token(*, user_id: UUID, session_id: UUID, now: datetime) -> str:
    """Good for 15 minutes, and only while the session is."""
    return str(_fill(AccessToken(), user_id, session_id, now))


def refresh_token(*, user_id: UUID, session_id: UUID, now: datetime) -> str:
    """Good once, to get the next pair."""
    return str(_fill(RefreshToken(), user_id, session_id, now))


def read_access(token: str, address: str) -> Caller:
    """What a valid access token claims; raises NotSignedIn."""
    claimed = _read_access(token)
    if claimed.expires_at <= clock.now().timestamp():
        raise _not_valid()
    return Caller(address, claimed.user_id, claimed.session_id)


def read_refresh(token: str, address: str) -> Caller:
    """What a valid refresh token claims; raises NotSignedIn. Whether it is the newest, the session knows."""
    claimed = _read(RefreshToken, token)
    return Caller(address, claimed.user_id, claimed.session_id)


@lru_cache(maxsize=KEPT)
def _read_access(token: str) -> _Claimed:
    """Verified once: the same text has the same signature and claims for ever. Only that it expires comes later."""
    return _read(AccessToken, token)


def _read(kind: Any, raw: str) -> _Claimed:
    try:
        claims = kind(raw)
        return _Claimed(UUID(claims["user_id"]), UUID(claims["sid"]), int(claims["exp"]))
    except (TokenError, KeyError, ValueError, TypeError, AttributeError) as exc:
        raise _not_valid() from exc


def _not_valid() -> NotSignedIn:
    return NotSignedIn("The token is not valid.", code="token_invalid")


def _fill(token: Token, user_id: UUID, session_id: UUID, now: datetime) -> Token:
    token.set_iat(at_time=now)
    token.set_exp(from_time=now)
    token["user_id"], token["sid"] = str(user_id), str(session_id)
    return token
