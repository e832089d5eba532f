"""Coming into the pool of people who want to be matched, and leaving it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from config.errors import WrongState
from connect.enums import Gender, Mode, Purpose
from connect.models import ConnectProfile
from connect.services import consents, extraction, profiles
from connect.signals import profile_changed


@dataclass(frozen=True)
class Wishes:
    """Whom a person looks for. No distance is everywhere, no genders or languages are any."""

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
    _demand_profile(user_id, wishes)
    consent = consents.grant(user_id=user_id, purpose=Purpose.MATCHING, version=consent_version, now=now)
    with extraction.rebuilding(user_id=user_id, now=now) as profile:
        for name, wish in asdict(wishes).items():
            setattr(profile, name, wish)
        profile.activated_at = profile.activated_at if profile.is_active else now
        profile.is_active = True
        profile.consented_at, profile.consent_version = consent.granted_at, consent.version
    return profile


def _demand_profile(user_id: UUID, wishes: Wishes) -> None:
    """Everybody in the pool has an age and a language; who limits the distance also has a place."""
    profile = profiles.of(user_id)
    needed: dict[str, object] = {"birth_date": profile.birth_date, "languages": profile.languages}
    if wishes.distance_km is not None:
        needed["city"] = profile.cell
    missing = [name for name, given in needed.items() if not given]
    if missing:
        raise WrongState("Complete your profile first.", code="profile_incomplete", missing=missing)


def deactivate(*, user_id: UUID, now: datetime) -> None:
    """Leave the pool; wishes, vectors and consent stay. Leaving twice is leaving once."""
    left = ConnectProfile.objects.active().filter(user=user_id).update(is_active=False, updated_at=now)
    if left:
        profile_changed.send(sender=ConnectProfile, user_id=user_id, active=False, now=now)
