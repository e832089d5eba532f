"""ID tokens of those who sign people in for us: read and verified against the provider's published keys."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import jwt
import structlog
from django.conf import settings
from jwt import PyJWK, PyJWKClient, PyJWKClientError, PyJWKSet

from config.errors import DomainError, NotSignedIn, NotYours, Unavailable
from connect.addresses import is_address
from connect.enums import Provider

logger = structlog.get_logger(__name__)

DEMANDED = ["iss", "aud", "exp", "iat", "sub"]
MAX_SUBJECT = 255
# Domains of which a provider gives out the mailboxes itself, so that what it says of them still holds today.
OWN_MAILBOXES = {
    Provider.GOOGLE: {"gmail.com", "googlemail.com"},
    Provider.APPLE: {"privaterelay.appleid.com", "icloud.com", "me.com", "mac.com"},
}


@dataclass(frozen=True)
class Claims:
    """What a provider says of a person. `email` is empty unless it says that it is verified.

    `is_certain`: the provider runs the mailbox itself, or the organisation's that the mailbox belongs to.
    """

    provider: Provider
    subject: str
    email: str
    is_certain: bool


class KeySet:
    """A provider's public keys, fetched again when they are old.

    For a key it does not have it asks the provider once a minute at most; while there are none at all, every few
    seconds, so that callers do not queue up behind a dead server.
    """

    def __init__(self, url: str) -> None:
        lifespan, timeout = settings.KEY_SET_LIFETIME.total_seconds(), settings.KEY_SET_TIMEOUT.total_seconds()
        self._client = PyJWKClient(url, lifespan=lifespan, timeout=timeout)
        self._asking = Lock()
        self._asked_at = -math.inf

    def key(self, key_id: str) -> PyJWK:
        """Raises PyJWKClientError for a key that the set does not have, Unavailable when there is no set to look in."""
        found = self._find(key_id) or self._ask(key_id)
        if found:
            return found
        if self._held() is None:
            raise Unavailable()
        raise PyJWKClientError("no such key")

    def _ask(self, key_id: str) -> PyJWK | None:
        """One caller asks; the others wait for it a moment, so that a slow server does not take all threads."""
        if not self._asking.acquire(timeout=settings.KEY_SET_WAIT.total_seconds()):
            return None
        try:
            if time.monotonic() >= self._asked_at + self._pause():
                self._fetch()
        finally:
            self._asking.release()
        return self._find(key_id)

    def _find(self, key_id: str) -> PyJWK | None:
        held = self._held()
        keys = [key for key in held.keys if key.public_key_use in {"sig", None}] if held else []
        return PyJWKClient.match_kid(keys, key_id)

    def _held(self) -> PyJWKSet | None:
        cache: Any = self._client.jwk_set_cache
        held: PyJWKSet | None = cache.get()
        return held

    def _pause(self) -> float:
        pause = settings.KEY_SET_PAUSE if self._held() else settings.KEY_SET_REST
        return pause.total_seconds()

    def _fetch(self) -> None:
        self._asked_at = time.monotonic()
        try:
            self._client.fetch_data()
        except (jwt.PyJWTError, OSError, ValueError) as exc:
            logger.warning("key_set_unavailable", url=self._client.uri, error=type(exc).__name__)


def read(provider: Provider, token: str, nonce: str) -> Claims | DomainError:
    """What a token says, or why it is not believed; may wait for the provider's keys.

    The refusals are NotYours where the provider is not offered, NotSignedIn for a token that is not good, Unavailable
    while there are no keys to check it with.
    """
    try:
        return _verified(provider, token, nonce)
    except DomainError as refusal:
        return refusal
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        logger.info("id_token_refused", provider=provider, error=type(exc).__name__)
        return NotSignedIn("The ID token is not valid.", code="id_token_invalid")


def _verified(provider: Provider, token: str, nonce: str) -> Claims:
    offer = settings.OAUTH[provider]
    if not offer["audiences"]:
        raise NotYours(f"Signing in with {provider.label} is not offered.", code="provider_off")
    return _claims(provider, verified(offer, token), nonce)


def verified(offer: dict[str, Any], token: str) -> dict[str, Any]:
    """The claims of a token that `offer` (keys, issuers, audiences, algorithms) vouches for.

    Raises jwt.PyJWTError, or Unavailable while there are no keys to check it with.
    """
    algorithms: Sequence[str] = offer["algorithms"]
    header = jwt.get_unverified_header(token)
    key_id = header.get("kid")
    if header.get("alg") not in algorithms or not key_id:
        raise jwt.InvalidAlgorithmError("not an algorithm of this provider")
    return jwt.decode(
        token,
        _keys(offer["keys"]).key(key_id),
        algorithms=list(algorithms),
        issuer=offer["issuers"],
        audience=offer["audiences"],
        leeway=settings.CLOCK_SKEW,
        options={"require": DEMANDED},
    )


def _claims(provider: Provider, claims: dict[str, Any], nonce: str) -> Claims:
    subject, email = claims["sub"], _email(claims)
    if not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
        raise jwt.InvalidTokenError("no subject")
    if claims.get("nonce", "") != nonce:
        raise jwt.InvalidTokenError("another nonce")
    domain = email.rpartition("@")[2]
    certain = domain in OWN_MAILBOXES[provider] or (provider == Provider.GOOGLE and claims.get("hd") == domain)
    return Claims(provider, subject, email, bool(email) and certain)


def _email(claims: dict[str, Any]) -> str:
    """In the spelling accounts have; Apple writes the boolean as text."""
    email, verified = claims.get("email"), claims.get("email_verified")
    return email.lower() if is_address(email) and verified in (True, "true") else ""


@cache
def _keys(url: str) -> KeySet:
    return KeySet(url)
