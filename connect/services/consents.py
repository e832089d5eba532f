"""The ledger of what people allow, and what follows from it."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import Invalid
from connect.enums import Purpose
from connect.models import Consent
from connect.services import analytics, extraction, locks, personality
from connect.signals import birth_changed, consent_revoked
from safety.roles import as_service

COMPUTED_FROM_BIRTH = {Purpose.ASTROLOGY, Purpose.HUMAN_DESIGN}


def set_to(*, user_id: UUID, purpose: Purpose, version: str, granted: bool, now: datetime) -> dict[str, int]:
    """Grant or revoke, as the person asks: what was deleted with it.

    Taking back never depends on the version: the text of that day may be long gone. Raises Invalid as `grant` does.
    """
    if not granted:
        return revoke(user_id=user_id, purpose=purpose, now=now)
    grant(user_id=user_id, purpose=purpose, version=version, now=now)
    return {}


def grant(*, user_id: UUID, purpose: Purpose, version: str, now: datetime) -> Consent:
    """Write down that a person allows something; granting the same again changes nothing.

    Another version than the live one ends that row and starts its own. Raises Invalid for an unknown version.
    """
    _check_version(version)
    if purpose == Purpose.PERSONALITY:
        locks.profile(user_id)
    with as_service():
        live = Consent.objects.live().filter(user=user_id, purpose=purpose)
        live.exclude(version=version).update(revoked_at=now)
        consent, created = live.get_or_create(
            revoked_at=None,
            user_id=user_id,
            purpose=purpose,
            defaults={"version": version, "granted_at": now},
        )
    if created and purpose in COMPUTED_FROM_BIRTH:
        birth_changed.send(sender=Consent, user_id=user_id, now=now)
    if created and purpose == Purpose.PERSONALITY:
        personality.rescore(user_id=user_id)
    return consent


def revoke(*, user_id: UUID, purpose: Purpose, now: datetime) -> dict[str, int]:
    """Take a consent back and delete at once what was derived under it: how many of what were deleted.

    Taking back what was not given does nothing.
    """
    if purpose == Purpose.MATCHING:
        # Before the consent is looked at: whoever opts in just now holds the same lock.
        locks.pool_profile(user_id)
    if purpose == Purpose.PERSONALITY:
        # The same, for whoever answers just now.
        locks.profile(user_id)
    with as_service():
        revoked = Consent.objects.live().filter(user=user_id, purpose=purpose).update(revoked_at=now)
    if not revoked:
        return {}
    deleted: Counter[str] = Counter()
    if purpose == Purpose.MATCHING:
        deleted.update(extraction.forget(user_id=user_id, now=now))
    if purpose == Purpose.PERSONALITY:
        deleted.update(personality.forget(user_id=user_id))
    if purpose == Purpose.ANALYTICS:
        deleted.update(analytics.forget(user_id=user_id))
    for _, found in consent_revoked.send(sender=Consent, user_id=user_id, purpose=purpose, now=now):
        deleted.update(found or {})
    return dict(deleted)


def _check_version(version: str) -> None:
    if version not in settings.CONSENT_VERSIONS:
        raise Invalid("There is no such version of the consent.", code="unknown_consent_version", version=version)
