"""Signing up: an address is proved with a mailed code before there is an account."""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F

from config.db import new_id
from config.errors import Invalid
from connect import mail
from connect.enums import Provider
from connect.models import AuthIdentity, PendingRegistration, User
from connect.services import sessions
from connect.services.sessions import Device, SignedIn
from safety.crypto import keyed_hash
from safety.roles import as_service
from safety.services import audit, recognition

CODE_MAIL = (
    "Your MaiTribe code is {code}.\n\n"
    "It is good for 30 minutes, in the place where you have just signed up and nowhere else. Tell it to nobody. "
    "If you did not ask for it, do nothing.\n"
)
KNOWN_MAIL = (
    "Somebody tried to sign up with this address, which already has an account.\n\n"
    "If it was you, sign in instead. If not, do nothing.\n"
)


def start(*, email: str, password: str, timezone: str, now: datetime) -> UUID:
    """Send a code to the address, and return the id of the registration that it confirms.

    Each registration stands for itself: it replaces no other, and only who knows its id can use its code. So the id
    goes to the client that asked and never into a mail. A known address gets another mail; the caller cannot tell.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    pending = PendingRegistration(
        email=email,
        password=make_password(password),
        timezone=timezone,
        expires_at=now + settings.REGISTRATION_LIFETIME,
    )
    pending.code_hash = _hash(pending.id, code)
    with as_service():
        known = _taken(email)
        pending.save(force_insert=True)
        body = KNOWN_MAIL if known else CODE_MAIL.format(code=code)
        mail.enqueue(to=email, subject="Your MaiTribe sign-up", body=body, now=now)
    return pending.id


def confirm(*, registration_id: UUID, code: str, device: Device, now: datetime) -> SignedIn | Invalid:
    """Make the account and sign it in.

    A wrong code is returned, not raised: its attempt has to be counted although the call is refused.
    """
    with as_service():
        rivals = _lock_all_of_its_address(registration_id)
        pending = next((row for row in rivals if row.id == registration_id), None)
        expected = pending.code_hash if pending else ""
        right = secrets.compare_digest(expected, _hash(registration_id, code))
        if pending is None or not right or not _usable(pending, now) or _taken(pending.email):
            _count_attempt(pending)
            return Invalid("This code is not right, or not good any more.", code="code_wrong")
        signed_in = _make_account(pending, device, now)
        PendingRegistration.objects.filter(id__in=[row.id for row in rivals]).delete()
        return signed_in


def clear_expired(*, now: datetime) -> int:
    """Forget sign-ups that nobody confirmed."""
    with as_service():
        return PendingRegistration.objects.filter(expires_at__lte=now).delete()[0]


def _lock_all_of_its_address(registration_id: UUID) -> list[PendingRegistration]:
    """Every registration of the address that this one names, in one order: only one of them becomes the account."""
    email = PendingRegistration.objects.filter(id=registration_id).values("email")
    return list(PendingRegistration.objects.select_for_update().filter(email__in=email).order_by("id"))


def _make_account(pending: PendingRegistration, device: Device, now: datetime) -> SignedIn:
    user = User.objects.create(email=pending.email, password=pending.password, timezone=pending.timezone)
    AuthIdentity.objects.create(user=user, provider=Provider.PASSWORD, provider_subject=str(user.id))
    audit.record(action="registered", actor=user.id, entity="connect_user", entity_id=user.id)
    recognition.recognise(user_id=user.id, now=now)
    return sessions.open_for(user=user, device=device, now=now)


def _usable(pending: PendingRegistration, now: datetime) -> bool:
    return pending.attempts < settings.CODE_ATTEMPTS and pending.expires_at > now


def _taken(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def _count_attempt(pending: PendingRegistration | None) -> None:
    """The same statement is run where there is nothing to count."""
    pending_id = pending.id if pending else new_id()
    PendingRegistration.objects.filter(id=pending_id).update(attempts=F("attempts") + 1)


def _hash(registration_id: UUID, code: str) -> str:
    return keyed_hash(f"{registration_id}\0{code}".encode(), "registration code")
