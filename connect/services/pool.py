"""Coming into the pool of people who want to be matched, and leaving it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from connect.enums import Gender, Mode, Purpose
from connect.models import ConnectProfile, ValueScore
from connect.services import consents, demands, extraction, locks, profiles
from connect.signals import profile_changed


@dataclass(frozen=True)
class Wishes:
    """Whom a person looks for. No distance is everywhere, no genders are any.

    `language_pref` are those they want to talk in; none are those that their profile says they speak.
    """

    mode: Mode
    min_age: int
    max_age: int
    distance_km: int | None
    preferred_genders: list[Gender]
    language_pref: list[str]


def activate(*, user_id: UUID, wishes: Wishes, consent_version: str, now: datetime) -> ConnectProfile:
    """Opt in to matching with these wishes; doing it again only replaces the wishes.

    Raises WrongState (profile_incomplete, with what is `missing`) and Invalid for an unknown consent version.
    """
    profile = locks.profile(user_id)
    # Before the consent is looked at: taking it back holds the same lock.
    locks.pool_profile(user_id)
    values = ValueScore.objects.filter(user=user_id).exists()
    demands.check_complete(profiles.demanded(profile) | {"values": values}, distance_km=wishes.distance_km)
    consent = consents.grant(user_id=user_id, purpose=Purpose.MATCHING, version=consent_version, now=now)
    with extraction.rebuilding(user_id=user_id, now=now) as member:
        for name, wish in asdict(wishes).items():
            setattr(member, name, wish)
        member.activated_at = member.activated_at if member.is_active else now
        member.is_active = True
        member.consented_at, member.consent_version = consent.granted_at, consent.version
    return member


def deactivate(*, user_id: UUID, now: datetime) -> None:
    """Leave the pool; wishes, vectors and consent stay. Leaving twice is leaving once."""
    left = ConnectProfile.objects.active().filter(user=user_id).update(is_active=False, updated_at=now)
    if left:
        profile_changed.send(sender=ConnectProfile, user_id=user_id, active=False, now=now)
