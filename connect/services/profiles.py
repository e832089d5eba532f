"""What a person tells of themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from connect import places
from connect.models import BirthData, ConnectProfile, Profile
from connect.services import births, locks
from connect.signals import birth_changed, profile_changed

PLAIN = ("name", "nickname", "gender", "school", "bio", "languages")
PLACE = ("city", "country", "latitude", "longitude")
READ_BY_MATCHING = ("birth_date", "gender", "languages", "cell")


def of(user_id: UUID) -> Profile:
    """The person's profile; an empty, unsaved one when they told nothing yet."""
    return Profile.objects.filter(user=user_id).first() or Profile(user_id=user_id)


def update(*, user_id: UUID, changes: Mapping[str, Any], now: datetime) -> Profile:
    """Store what is named in `changes` and leave the rest; a birth date once given can only be corrected.

    `latitude` and `longitude` become a cell at once and are never stored; without them the city's centre
    does. Raises Invalid for an unknown place or a birth time that did not exist on the new birth date,
    WrongState past two changes of birth data a year.
    """
    profile = locks.profile(user_id)
    before = _read_by_matching(profile)
    for name in PLAIN:
        setattr(profile, name, changes.get(name, getattr(profile, name)))
    _move(profile, changes)
    birth_date_changed = _set_birth_date(profile, changes.get("birth_date"), now)
    profile.save()
    if birth_date_changed:
        birth_changed.send(sender=Profile, user_id=user_id, now=now)
    if _read_by_matching(profile) != before:
        active = ConnectProfile.objects.active().filter(user=user_id).exists()
        profile_changed.send(sender=Profile, user_id=user_id, active=active, now=now)
    return profile


def _read_by_matching(profile: Profile) -> list[Any]:
    return [getattr(profile, name) for name in READ_BY_MATCHING]


def _move(profile: Profile, changes: Mapping[str, Any]) -> None:
    """Set city, country and cell from whatever of a place was named."""
    if not any(name in changes for name in PLACE):
        return
    latitude, longitude = changes.get("latitude"), changes.get("longitude")
    if changes.get("city"):
        city = places.city(changes["city"], changes["country"])
        profile.city, profile.country = city.name, city.country
        if latitude is None or longitude is None:
            latitude, longitude = city.latitude, city.longitude
    elif "city" in changes:
        profile.city = profile.country = ""
    profile.cell = "" if latitude is None or longitude is None else places.cell_of(latitude, longitude)


def _set_birth_date(profile: Profile, birth_date: date | None, now: datetime) -> bool:
    if birth_date is None or birth_date == profile.birth_date:
        return False
    births.check_exists(birth_date, BirthData.objects.filter(user=profile.user_id).first())
    births.count_change(profile, first=profile.birth_date is None, now=now)
    profile.birth_date = birth_date
    return True
