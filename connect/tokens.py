"""Access and refresh tokens: JWTs that name a device session."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from config.errors import NotSignedIn
from safety.unit import Caller


def access_token(*, user_id: UUID, session_id: UUID, now: datetime) -> str:
    """Good for 15 minutes, and only while the session is."""
    return str(_fill(AccessToken(), user_id, session_id, now))


def refresh_token(*, user_id: UUID, session_id: UUID, now: datetime) -> str:
    """Good once, to get the next pair."""
    return str(_fill(RefreshToken(), user_id, session_id, now))


def read_access(token: str, address: str) -> Caller:
    """What a valid access token claims; raises NotSignedIn."""
    return _caller(AccessToken, token, address)


def read_refresh(token: str, address: str) -> Caller:
    """What a valid refresh token claims; raises NotSignedIn. Whether it is the newest, the session knows."""
    return _caller(RefreshToken, token, address)


def _fill(token: Token, user_id: UUID, session_id: UUID, now: datetime) -> Token:
    token.set_iat(at_time=now)
    token.set_exp(from_time=now)
    token["user_id"], token["sid"] = str(user_id), str(session_id)
    return token


def _caller(kind: Any, raw: str, address: str) -> Caller:
    try:
        claims = kind(raw)
        return Caller(address, UUID(claims["user_id"]), UUID(claims["sid"]))
    except (TokenError, KeyError, ValueError, TypeError, AttributeError) as exc:
        raise NotSignedIn("The token is not valid.", code="token_invalid") from exc
