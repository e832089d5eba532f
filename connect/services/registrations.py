"""Signing up: an address is proved with a mailed code before there is an account."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password

from config.errors import Invalid
from connect import mail
from connect.enums import Provider, SignalKind
from connect.models import AuthIdentity, PendingRegistration, User
from connect.services import academia, codes, sessions, verifications
from connect.services.sessions import Device, SignedIn
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
    Raises Invalid for an address that may not sign up, whether it is known or not.
    """
    academia.demand(email)
    pending = PendingRegistration(
        email=email,
        password=make_password(password),
        timezone=timezone,
        expires_at=now + settings.REGISTRATION_LIFETIME,
    )
    code = codes.draw_for(pending)
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
        right = codes.is_right(PendingRegistration, pending, registration_id, code, now)
        if pending is None or not right or _taken(pending.email):
            codes.count_attempt(PendingRegistration, pending)
            return codes.wrong()
        signed_in = _make_account(pending, device, now)
        PendingRegistration.objects.filter(id__in=[row.id for row in rivals]).delete()
        return signed_in


def _lock_all_of_its_address(registration_id: UUID) -> list[PendingRegistration]:
    """Every registration of the address that this one names, in one order: only one of them becomes the account."""
    email = PendingRegistration.objects.filter(id=registration_id).values("email")
    return list(PendingRegistration.objects.select_for_update().filter(email__in=email).order_by("id"))


def _make_account(pending: PendingRegistration, device: Device, now: datetime) -> SignedIn:
    user = User.objects.create(email=pending.email, password=pending.password, timezone=pending.timezone)
    AuthIdentity.objects.create(user=user, provider=Provider.PASSWORD, provider_subject=str(user.id))
    verifications.record(user_id=user.id, kind=SignalKind.EMAIL, now=now)
    audit.record(action="registered", actor=user.id, entity="connect_user", entity_id=user.id)
    recognition.recognise(user_id=user.id, now=now)
    return sessions.open_for(user=user, device=device, now=now)


def _taken(email: str) -> bool:
    return User.objects.filter(email=email).exists()
