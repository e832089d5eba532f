"""Signing in by a provider's word."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from config.errors import Invalid, NotSignedIn, WrongState
from connect import mail
from connect.enums import SignalKind, UserStatus
from connect.id_tokens import Claims
from connect.models import AuthIdentity, User
from connect.services import academia, sessions, verifications
from connect.services.sessions import Device, SignedIn
from safety.roles import as_service
from safety.services import audit, recognition

LINKED_MAIL = (
    "From now on you can sign in to your MaiTribe account with {provider}, too.\n\n"
    "If it was not you, ask for a new password at once, and tell us.\n"
)


def sign_in(*, claims: Claims, timezone: str, device: Device, now: datetime) -> SignedIn:
    """Open a session for whom the provider names; at the first time make an account, or link the one there is.

    Raises NotSignedIn for an account that was deleted, Invalid where the provider vouches for no address or this one
    may not sign up, WrongState for an address that has an account which this word is not enough to open.
    """
    with as_service():
        user = _known(claims) or _first_time(claims, timezone, now)
        if user.status == UserStatus.DELETED:
            raise NotSignedIn("This account does not exist any more.", code="account_deleted")
        verifications.record(user_id=user.id, kind=SignalKind.OAUTH, now=now, reference=claims.provider)
        return sessions.open_for(user=user, device=device, now=now)


def _known(claims: Claims) -> User | None:
    identities = AuthIdentity.objects.select_related("user")
    found = identities.filter(provider=claims.provider, provider_subject=claims.subject).first()
    return found.user if found else None


def _first_time(claims: Claims, timezone: str, now: datetime) -> User:
    """Twins of one first sign-in, or of a sign-up with its address, wait for each other at the unique columns."""
    if not claims.email:
        raise Invalid("The provider does not vouch for an e-mail address.", code="email_not_verified")
    try:
        with transaction.atomic():
            owner = User.objects.filter(email=claims.email).first()
            return _link(owner, claims, now) if owner else _make_account(claims, timezone, now)
    except IntegrityError:
        made_meanwhile = _known(claims)
        if made_meanwhile is None:
            raise _in_use() from None
        return made_meanwhile


def _link(owner: User, claims: Claims, now: datetime) -> User:
    """Add a way in to an account whose address both sides have proved, and tell its owner."""
    proved = verifications.is_proved(user_id=owner.id, kind=SignalKind.EMAIL)
    if not (claims.is_certain and proved):
        raise _in_use()
    _add_identity(owner, claims)
    recognition.recognise(user_id=owner.id, now=now)
    audit.record(action="identity_linked", actor=owner.id, entity="connect_user", entity_id=owner.id)
    body = LINKED_MAIL.format(provider=claims.provider.label)
    mail.enqueue(to=claims.email, subject="A new way to sign in to MaiTribe", body=body, now=now)
    return owner


def _make_account(claims: Claims, timezone: str, now: datetime) -> User:
    academia.demand(claims.email)
    user = User.objects.create(email=claims.email, password=make_password(None), timezone=timezone)
    _add_identity(user, claims)
    if claims.is_certain:
        verifications.record(user_id=user.id, kind=SignalKind.EMAIL, now=now)
    audit.record(action="registered", actor=user.id, entity="connect_user", entity_id=user.id)
    recognition.recognise(user_id=user.id, now=now)
    return user


def _add_identity(user: User, claims: Claims) -> None:
    AuthIdentity.objects.create(user=user, provider=claims.provider, provider_subject=claims.subject)


def _in_use() -> WrongState:
    return WrongState("This address has an account. Sign in to it with its password.", code="email_in_use")
