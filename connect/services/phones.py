"""A person's phone number: proved with a code sent to it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from config.errors import Invalid
from connect import sms
from connect.enums import SignalKind
from connect.models import PhoneVerification, User
from connect.services import codes, verifications
from safety.roles import as_service
from safety.services import audit, recognition

CODE_TEXT = "{code} is your MaiTribe code. It is good for 10 minutes. Tell it to nobody."
KNOWN_TEXT = "Somebody tried to use this number at MaiTribe, where it belongs to another account. You need do nothing."


def start(*, user_id: UUID, phone: str, now: datetime) -> UUID:
    """Send a code to the number, and return the id of the verification that it confirms.

    A number that is another person's gets another message; the caller cannot tell.
    """
    verification = PhoneVerification(user_id=user_id, phone=phone, expires_at=now + settings.PHONE_CODE_LIFETIME)
    code = codes.draw_for(verification)
    with as_service():
        taken = _taken(phone, user_id)
        verification.save(force_insert=True)
        sms.enqueue(to=phone, body=KNOWN_TEXT if taken else CODE_TEXT.format(code=code), now=now)
    return verification.id


def verify(*, verification_id: UUID, user_id: UUID, code: str, now: datetime) -> str | Invalid:
    """Make the number the person's own; the number.

    A wrong code is returned, not raised: its attempt has to be counted although the call is refused. A number that
    became another person's meanwhile, and a verification of somebody else, answer as a wrong code does.
    """
    with as_service():
        own = PhoneVerification.objects.select_for_update().filter(user=user_id).order_by("id")
        verification = next((row for row in own if row.id == verification_id), None)
        right = codes.is_right(PhoneVerification, verification, verification_id, code, now)
        if verification is None or not right or not _take(user_id, verification.phone):
            codes.count_attempt(PhoneVerification, verification)
            return codes.wrong()
        recognition.recognise(user_id=user_id, now=now)
        verifications.record(user_id=user_id, kind=SignalKind.PHONE, now=now)
        audit.record(action="phone_verified", actor=user_id, entity="connect_user", entity_id=user_id)
        PhoneVerification.objects.filter(user=user_id).delete()
        return verification.phone


def _take(user_id: UUID, phone: str) -> bool:
    """Whether the number could be had; of two people who prove one number at once, one gets it."""
    try:
        with transaction.atomic():
            User.objects.filter(id=user_id).update(phone=phone)
    except IntegrityError:
        return False
    return True


def _taken(phone: str, user_id: UUID) -> bool:
    return User.objects.filter(phone=phone).exclude(id=user_id).exists()
