"""Proofs of identity by somebody who looked at a person's papers: their token is read, the papers never come here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import jwt
import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from config.errors import DomainError, Invalid, NotYours
from connect import id_tokens

logger = structlog.get_logger(__name__)

MAX_REFERENCE = 200


@dataclass(frozen=True)
class Proof:
    """What a token says: by which name its issuer knows the person, and the birth date on the papers if it tells."""

    reference: str
    birth_date: date | None


class Verifier(Protocol):
    """Reads the tokens of one issuer."""

    def claims(self, token: str) -> dict[str, Any]:
        """What a good token claims. Raises jwt.PyJWTError or ValueError for a bad one, DomainError for no issuer."""


class SandboxVerifier:
    """The embedded stand-in: it takes the tokens that it made itself, and nobody looked at any papers."""

    ISSUER = AUDIENCE = "gov-id-sandbox"
    LIFETIME = timedelta(minutes=10)

    def claims(self, token: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            settings.SIGNING_KEY,
            algorithms=["HS256"],
            issuer=self.ISSUER,
            audience=self.AUDIENCE,
            options={"require": id_tokens.DEMANDED},
        )

    @classmethod
    def token(cls, *, user_id: UUID, reference: str, now: datetime, **further: Any) -> str:
        """A token that says that these papers are this person's; `birthdate` may be told besides."""
        claims = {"iss": cls.ISSUER, "aud": cls.AUDIENCE, "sub": reference, "nonce": str(user_id), "iat": now}
        return jwt.encode({**claims, "exp": now + cls.LIFETIME, **further}, settings.SIGNING_KEY, algorithm="HS256")


class OidcVerifier:
    """A hosted service that tells what it found in an ID token of OpenID Connect, signed with its published keys.

    Whoever starts a check there passes the account's id as `nonce`; the claim `birthdate` is that of the papers.
    """

    def claims(self, token: str) -> dict[str, Any]:
        if not settings.GOV_ID["audiences"]:
            raise NotYours("Proving one's identity is not offered.", code="provider_off")
        return id_tokens.verified(settings.GOV_ID, token)


def read(token: str, *, user_id: UUID) -> Proof | DomainError:
    """What a token proves of this person, or why it is not believed; may wait for the issuer's keys.

    The refusals are Invalid (gov_id_token_invalid), NotYours where nobody is asked, Unavailable while there are no
    keys to check it with.
    """
    verifier: Verifier = import_string(settings.GOV_ID_VERIFIER)()
    try:
        return _proof(verifier.claims(token), user_id)
    except DomainError as refusal:
        return refusal
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as exc:
        logger.info("gov_id_refused", error=type(exc).__name__)
        return Invalid("This proof of identity is not valid.", code="gov_id_token_invalid")


def _proof(claims: dict[str, Any], user_id: UUID) -> Proof:
    """Only a token made for this account: another's, found somewhere, proves nothing of it."""
    reference = claims["sub"]
    if not 0 < len(reference) <= MAX_REFERENCE or not reference.isprintable():
        raise ValueError("no subject")
    if claims.get("nonce") != str(user_id):
        raise ValueError("made for another account")
    told = claims.get("birthdate")
    return Proof(f"{claims['iss']} {reference}"[:255], date.fromisoformat(told) if told else None)
