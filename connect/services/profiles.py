"""What a person tells of themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.errors import WrongState
from connect import places
from connect.enums import SignalKind
from connect.models import BirthData, Profile
from connect.models.profile import LOCKED
from connect.services import births, demands, locks, texts, verifications
from connect.signals import birth_changed, profile_changed

PLAIN = ("name", "nickname", "gender", "school", "bio", "languages")
PLACE = ("city", "country", "latitude", "longitude")
WORDS = ("nickname", "bio")
"""What is read by whom one is not known to by name, and judged for it."""
READ_BY_MATCHING = ("birth_date", "gender", "languages", "cell")


def of(user_id: UUID) -> Profile:
    """The person's profile; an empty, unsaved one when they told nothing yet."""
    return Profile.objects.filter(user=user_id).first() or Profile(user_id=user_id)


def update(*, user_id: UUID, changes: Mapping[str, Any], now: datetime) -> Profile:
    """Store what is named in `changes` and leave the rest; a birth date once given can only be corrected.

    `latitude` and `longitude` become a cell at once and are never stored; without them the city's centre
    does. Raises Invalid for an unknown place, coordinates outside the city or a birth time that did not exist on
    the new birth date, WrongState past two changes of birth data a year, for emptying what the pool demands or for
    what papers proved (identity_locked), TextRefused for words that stand on no profile.
    """
    profile = locks.profile(user_id)
    _check_unlocked(profile, changes)
    _check_words(profile, changes)
    before, given = _read_by_matching(profile), demanded(profile)
    for name in PLAIN:
        setattr(profile, name, changes.get(name, getattr(profile, name)))
    _move(profile, changes)
    birth_date_changed = _set_birth_date(profile, changes.get("birth_date"), now)
    changed = _read_by_matching(profile) != before
    member = locks.member(user_id) if changed else None
    if member:
        new = {name: fact for name, fact in demanded(profile).items() if fact != given[name]}
        demands.check_kept(member, new)
    profile.save()
    if birth_date_changed:
        birth_changed.send(sender=Profile, user_id=user_id, now=now)
    if changed:
        profile_changed.send(sender=Profile, user_id=user_id, active=member is not None, now=now)
    return profile


def demanded(profile: Profile) -> dict[str, object]:
    """What of a profile the pool may demand, as `demands` names it."""
    return {"birth_date": profile.birth_date, "languages": profile.languages, "city": profile.cell}


def _check_unlocked(profile: Profile, changes: Mapping[str, Any]) -> None:
    changed = [name for name in LOCKED if name in changes and changes[name] != getattr(profile, name)]
    if changed and verifications.is_proved(user_id=profile.user_id, kind=SignalKind.GOV_ID):
        message = "Your papers proved this; it cannot be changed any more."
        raise WrongState(message, code="identity_locked", fields=changed)


def _check_words(profile: Profile, changes: Mapping[str, Any]) -> None:
    for name in WORDS:
        if changes.get(name, "") not in {"", getattr(profile, name)}:
            texts.check(name, changes[name])


def _read_by_matching(profile: Profile) -> list[Any]:
    return [getattr(profile, name) for name in READ_BY_MATCHING]


def _move(profile: Profile, changes: Mapping[str, Any]) -> None:
    """Set city, country and cell from whatever of a place was named."""
    if not any(name in changes for name in PLACE):
        return
    named = "city" in changes or "country" in changes
    profile.city = changes.get("city", "") if named else profile.city
    profile.country = changes.get("country", "") if named else profile.country
    found = places.locate(profile.city, profile.country, changes.get("latitude"), changes.get("longitude"))
    if found is None:
        profile.city = profile.country = profile.cell = ""
        return
    profile.city, profile.country = found.city, found.country
    profile.cell = places.cell_of(found.latitude, found.longitude)


def _set_birth_date(profile: Profile, birth_date: date | None, now: datetime) -> bool:
    if birth_date is None or birth_date == profile.birth_date:
        return False
    births.check_exists(birth_date, BirthData.objects.filter(user=profile.user_id).first())
    births.count_change(profile, first=profile.birth_date is None, now=now)
    profile.birth_date = birth_date
    return True
