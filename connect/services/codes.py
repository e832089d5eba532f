"""Codes of six digits: drawn, kept as a keyed hash, compared in constant time, and counted when wrong."""

import secrets
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import F

from config.db import new_id
from config.errors import Invalid
from connect.models import PasswordReset, PendingRegistration, PhoneVerification
from connect.models.code import Challenge
from safety.crypto import keyed_hash
from safety.roles import as_service

C = TypeVar("C", bound=Challenge)
KINDS: tuple[type[Challenge], ...] = (PendingRegistration, PasswordReset, PhoneVerification)


def wrong() -> Invalid:
    """The one answer to a code that is wrong, old, used up or for nothing; returned, so that the attempt counts."""
    return Invalid("This code is not right, or not good any more.", code="code_wrong")


def draw_for(challenge: Challenge) -> str:
    """A code for this row, which keeps its hash; the code itself is for the message alone."""
    code = f"{secrets.randbelow(10**6):06d}"
    challenge.code_hash = _hash(type(challenge), challenge.id, code)
    return code


def is_right(kind: type[C], challenge: C | None, challenge_id: UUID, code: str, now: datetime) -> bool:
    """Whether the code opens the row; as much is computed where there is none."""
    expected = challenge.code_hash if challenge else ""
    same = secrets.compare_digest(expected, _hash(kind, challenge_id, code))
    return challenge is not None and same and _is_usable(challenge, now)


def count_attempt(kind: type[C], challenge: C | None) -> None:
    """The same statement is run where there is nothing to count."""
    challenge_id = challenge.id if challenge else new_id()
    kind._default_manager.filter(id=challenge_id).update(attempts=F("attempts") + 1)


def clear_expired(*, now: datetime) -> int:
    """Forget what nobody can confirm any more."""
    with as_service():
        return sum(kind._default_manager.filter(expires_at__lte=now).delete()[0] for kind in KINDS)


def _is_usable(challenge: Challenge, now: datetime) -> bool:
    return challenge.attempts < settings.CODE_ATTEMPTS and challenge.expires_at > now


def _hash(kind: type[Challenge], challenge_id: UUID, code: str) -> str:
    """Apart for each kind, so that a code of one opens nothing of another."""
    return keyed_hash(f"{challenge_id}\0{code}".encode(), f"{kind._meta.label_lower} code")
