"""Signed-in devices: opened by a password or a code, rotated with each refresh, revoked at once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q

from config.errors import NotSignedIn, NotYours
from connect import tokens
from connect.enums import UserStatus
from connect.models import DeviceSession, User
from safety.crypto import keyed_hash
from safety.roles import as_service
from safety.services import audit
from safety.unit import Caller

WRONG = "The e-mail address or the password is not right."


@dataclass(frozen=True)
class Device:
    """What a client says of the device it runs on."""

    label: str
    address: str
    user_agent: str


@dataclass(frozen=True)
class SignedIn:
    """A fresh pair of tokens; `expires_in` seconds for the access token."""

    session: DeviceSession
    access: str
    refresh: str

    @property
    def expires_in(self) -> int:
        return int(settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"].total_seconds())


def log_in(*, email: str, password: str, device: Device, now: datetime) -> SignedIn:
    """Open a session. Raises NotSignedIn; an unknown address costs the same Argon2 verification as a wrong password."""
    with as_service():
        user = User.objects.filter(email=email.lower()).first()
        right = check_password(password, user.password if user else _decoy())
        if user is None or not right or user.status == UserStatus.DELETED:
            raise NotSignedIn(WRONG, code="wrong_credentials")
        return open_for(user=user, device=device, now=now)


def open_for(*, user: User, device: Device, now: datetime) -> SignedIn:
    """A new session for somebody who has just proved who they are."""
    with as_service():
        session = DeviceSession(
            user=user,
            device_label=device.label,
            ip_address=device.address or None,
            user_agent=device.user_agent[:255],
            last_used_at=now,
        )
        return _issue(session, now)


def refresh(*, token: str, address: str, now: datetime) -> SignedIn | None:
    """The next pair of tokens; None when the token was used before, and then its whole family is revoked.

    The session is locked, so that of several uses of one token exactly one is the first. Raises NotSignedIn.
    """
    caller = tokens.read_refresh(token, address)
    if caller.session_id is None:
        raise NotSignedIn()
    with as_service():
        own = DeviceSession.objects.live(now).filter(user=caller.user_id)
        session = own.select_for_update().filter(id=caller.session_id).first()
        if session is None or not session.user.is_active:
            raise NotSignedIn("This session has ended.", code="session_ended")
        if session.refresh_token_hash != _hash(token):
            _revoke(session, reason="token_reused", actor=session.user_id, now=now)
            return None
        return _issue(session, now)


def log_out(*, caller: Caller, now: datetime) -> None:
    """End the caller's own session."""
    if caller.session_id and caller.user_id:
        revoke(session_id=caller.session_id, by=caller.user_id, now=now, reason="logged_out")


def revoke(*, session_id: UUID, by: UUID, now: datetime, reason: str = "revoked") -> None:
    """End one of one's own sessions; ending it again is nothing. Raises NotYours."""
    with as_service():
        session = DeviceSession.objects.select_for_update().filter(id=session_id, user=by).first()
        if session is None:
            raise NotYours()
        if session.revoked_at is None:
            _revoke(session, reason=reason, actor=by, now=now)


def revoke_as_staff(*, session: DeviceSession, by: UUID, now: datetime) -> None:
    """End somebody's session on their behalf."""
    with as_service():
        _revoke(session, reason="staff", actor=by, now=now)


def clear_ended(*, now: datetime) -> int:
    """Forget devices whose session ended or ran out longer ago than SESSION_KEPT. How many."""
    before = now - settings.SESSION_KEPT
    with as_service():
        return DeviceSession.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).delete()[0]


def revoke_all(*, user_id: UUID, by: UUID | None, reason: str, now: datetime, but: UUID | None = None) -> None:
    """End every session of an account, all but one where one is named."""
    with as_service():
        live = DeviceSession.objects.live(now).filter(user=user_id).order_by("id")
        for session in (live.exclude(id=but) if but else live).select_for_update():
            _revoke(session, reason=reason, actor=by, now=now)


def _revoke(session: DeviceSession, *, reason: str, actor: UUID | None, now: datetime) -> None:
    """Its sockets find out by themselves: they look at their sessions twice a second."""
    session.revoked_at, session.revoked_reason = now, reason
    session.save(update_fields=["revoked_at", "revoked_reason"])
    audit.record(
        action="session_revoked",
        actor=actor,
        entity="connect_devicesession",
        entity_id=session.id,
        reason=reason,
    )


def _issue(session: DeviceSession, now: datetime) -> SignedIn:
    refreshed = tokens.refresh_token(user_id=session.user_id, session_id=session.id, now=now)
    session.refresh_token_hash = _hash(refreshed)
    session.last_used_at = now
    session.expires_at = now + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
    session.save()
    access = tokens.access_token(user_id=session.user_id, session_id=session.id, now=now)
    return SignedIn(session, access, refreshed)


def _hash(token: str) -> str:
    return keyed_hash(token.encode(), "refresh token")


@cache
def _decoy() -> str:
    """A hash to verify against where there is no account, made once a process with the current parameters."""
    return make_password("nobody's password")
