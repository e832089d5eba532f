"""A password: changed by who knows the old one, replaced by who reads the mail of the account."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from config.errors import Invalid, WrongState
from connect import mail
from connect.enums import Provider, SignalKind, UserStatus
from connect.models import AuthIdentity, PasswordReset, User
from connect.services import codes, sessions, verifications
from safety.roles import as_service
from safety.services import audit

RESET_MAIL = (
    "Your MaiTribe code for a new password is {code}.\n\n"
    "It is good for 30 minutes, in the place where you have just asked for it and nowhere else. Tell it to nobody. "
    "If you did not ask for it, do nothing.\n"
)
UNKNOWN_MAIL = (
    "Somebody asked for a new password for this address, which has no account.\n\n"
    "If it was you, sign up, or try the address that you signed up with. If not, do nothing.\n"
)
CHANGED_MAIL = (
    "The password of your MaiTribe account was changed, and all other devices were signed out.\n\n"
    "If it was not you, ask for a new password at once.\n"
)


def change(*, user_id: UUID, session_id: UUID | None, old: str, new: str, now: datetime) -> None:
    """Replace the password by who knows it; every other session ends.

    Raises Invalid for a wrong old password, WrongState for an account that has none yet.
    """
    with as_service():
        user = User.objects.select_for_update(no_key=True).get(id=user_id)
        if not user.has_usable_password():
            raise WrongState("There is no password yet. Ask for one by mail.", code="password_not_set")
        if not check_password(old, user.password):
            raise Invalid("The old password is not right.", code="password_wrong")
        _replace(user, new, by=user_id, keep=session_id, now=now)


def ask(*, email: str, now: datetime) -> UUID:
    """Send a code to the address, and return the id of the reset that it confirms.

    Each stands for itself, as registrations do: the id goes to the client that asked and never into a mail. An
    address without an account gets another mail; the caller cannot tell.
    """
    reset = PasswordReset(email=email, expires_at=now + settings.PASSWORD_RESET_LIFETIME)
    code = codes.draw_for(reset)
    with as_service():
        known = _accounts([email]).exists()
        reset.save(force_insert=True)
        body = RESET_MAIL.format(code=code) if known else UNKNOWN_MAIL
        mail.enqueue(to=email, subject="Your MaiTribe password", body=body, now=now)
    return reset.id


def confirm(*, reset_id: UUID, code: str, new: str, now: datetime) -> Invalid | None:
    """Set the password by who reads the mail; every session ends.

    A wrong code is returned, not raised: its attempt has to be counted although the call is refused. Raises Invalid
    for a password too much like the address.
    """
    with as_service():
        # The account first, as everywhere, and whether there is one or not.
        asked = PasswordReset.objects.filter(id=reset_id)
        user = _accounts(asked.values("email")).select_for_update(no_key=True).first()
        reset = asked.select_for_update().first()
        if not codes.is_right(PasswordReset, reset, reset_id, code, now) or user is None:
            codes.count_attempt(PasswordReset, reset)
            return codes.wrong()
        _own_the_address(user, now)
        _replace(user, new, by=user.id, keep=None, now=now)
        return None


def _accounts(emails: Collection[str] | QuerySet[PasswordReset, Any]) -> QuerySet[User]:
    return User.objects.filter(email__in=emails).exclude(status=UserStatus.DELETED)


def _own_the_address(user: User, now: datetime) -> None:
    """Whoever first proves the address of an account is its owner: what came in on another's word alone goes out."""
    if not verifications.is_proved(user_id=user.id, kind=SignalKind.EMAIL):
        AuthIdentity.objects.filter(user=user).exclude(provider=Provider.PASSWORD).delete()
        verifications.forget(user_id=user.id)
        User.objects.filter(id=user.id).update(phone=None)
        audit.record(action="identities_removed", actor=user.id, entity="connect_user", entity_id=user.id)
    verifications.record(user_id=user.id, kind=SignalKind.EMAIL, now=now)


def _replace(user: User, new: str, *, by: UUID, keep: UUID | None, now: datetime) -> None:
    _refuse_alike(new, user)
    user.password = make_password(new)
    user.save(update_fields=["password", "updated_at"])
    AuthIdentity.objects.get_or_create(
        provider=Provider.PASSWORD, provider_subject=str(user.id), defaults={"user_id": user.id}
    )
    PasswordReset.objects.filter(email=user.email).delete()
    sessions.revoke_all(user_id=user.id, by=by, reason="password_changed", now=now, but=keep)
    audit.record(action="password_changed", actor=by, entity="connect_user", entity_id=user.id)
    if user.email:
        mail.enqueue(to=user.email, subject="Your MaiTribe password was changed", body=CHANGED_MAIL, now=now)


def _refuse_alike(password: str, user: User) -> None:
    """What the serializer could not know: the account that the password is for."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise Invalid(" ".join(refused.messages), code="password_weak") from refused
