"""When and where a person was born, and the moments that follow from it."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from config.errors import Invalid, NotYours, WrongState
from connect import places
from connect.models import BirthData, Profile
from connect.services import locks
from connect.signals import birth_changed

YEAR = timedelta(days=365)
DECIMALS = Decimal("0.0000001")


@dataclass(frozen=True)
class Birthplace:
    """Where somebody was born: a city with its country, or degrees (north, east), which go first."""

    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


def instant(birth_date: date, at: time, zone: str) -> datetime:
    """The moment of a birth in UTC, by the offset that was in force at that place on that day.

    An hour that came twice (clocks set back) is read as its first coming. Raises Invalid for one that never
    came (clocks set forward).
    """
    local = datetime.combine(birth_date, at, ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid("The clocks were set forward then: that time did not exist.", code="nonexistent_local_time")
    return moment


def day_bounds(birth_date: date, zone: str) -> tuple[datetime, datetime]:
    """First moment of a local day and first of the next, in UTC: 23, 24 or 25 hours apart.

    Raises Invalid for a day that a place left out (Samoa, 30 December 2011).
    """
    start, end = _first_moment(birth_date, zone), _first_moment(birth_date + timedelta(days=1), zone)
    if end <= start:
        raise Invalid("That day did not exist there.", code="nonexistent_local_time")
    return start, end


def _first_moment(day: date, zone: str) -> datetime:
    """Midnight, or where the clocks jumped over it the moment they did."""
    try:
        return instant(day, time(), zone)
    except Invalid:
        return _moment_of_jump(day, zone)


def _moment_of_jump(day: date, zone: str) -> datetime:
    before = datetime.combine(day - timedelta(days=1), time(), UTC)
    seconds = range(3 * 24 * 3600)
    reached = bisect_left(
        seconds, True, key=lambda s: (before + timedelta(seconds=s)).astimezone(ZoneInfo(zone)).date() >= day
    )
    return before + timedelta(seconds=reached)


def save(*, user_id: UUID, at: time | None, place: Birthplace, now: datetime) -> BirthData:
    """Store birth time (None: not known) and place; the same again is no change.

    Raises Invalid for an unknown place, coordinates outside the city or a time that did not exist, WrongState past
    two changes a year.
    """
    profile = locks.profile(user_id)
    data = _filled(BirthData(user_id=user_id), at, place)
    check_exists(profile.birth_date, data)
    stored = BirthData.objects.filter(user=user_id).first()
    if stored and _facts(stored) == _facts(data):
        return stored
    count_change(profile, first=stored is None, now=now)
    profile.save(update_fields=["birth_changes", "updated_at"])
    saved, _ = BirthData.objects.update_or_create(user_id=user_id, defaults=_facts(data))
    birth_changed.send(sender=BirthData, user_id=user_id, now=now)
    return saved


def remove(*, user_id: UUID, now: datetime) -> None:
    """Delete birth time and place. Always possible, but counted: it must not open a way around the limit.

    Raises NotYours when there are none.
    """
    profile = locks.profile(user_id)
    deleted, _ = BirthData.objects.filter(user=user_id).delete()
    if not deleted:
        raise NotYours()
    profile.birth_changes = [*_recent(profile, now), now]
    profile.save(update_fields=["birth_changes", "updated_at"])
    birth_changed.send(sender=BirthData, user_id=user_id, now=now)


def count_change(profile: Profile, *, first: bool, now: datetime) -> None:
    """Count a change of birth date, time or place on the (locked, yet to be saved) profile.

    Giving them for the first time is free. Raises WrongState when this year's changes are used up.
    """
    recent = _recent(profile, now)
    if len(recent) >= settings.BIRTH_CHANGES_PER_YEAR:
        free = recent[-settings.BIRTH_CHANGES_PER_YEAR] + YEAR
        raise WrongState(
            "Birth data can be changed twice a year.",
            code="birth_change_limit",
            possible_from=free.isoformat(),
        )
    profile.birth_changes = recent if first else [*recent, now]


def check_exists(birth_date: date | None, data: BirthData | None) -> None:
    """Raises Invalid when that day, or that time of it, did not exist at the place of birth."""
    if birth_date is None or data is None:
        return
    day_bounds(birth_date, data.timezone)
    if data.time is not None:
        instant(birth_date, data.time, data.timezone)


def _recent(profile: Profile, now: datetime) -> list[datetime]:
    return sorted(moment for moment in profile.birth_changes if moment > now - YEAR)


def _filled(data: BirthData, at: time | None, place: Birthplace) -> BirthData:
    found = places.locate(place.city, place.country, place.latitude, place.longitude)
    if found is None:
        raise Invalid("Say where: a city with its country, or latitude and longitude.", code="unknown_place")
    data.time, data.city, data.country = at, found.city, found.country
    data.latitude = Decimal(str(found.latitude)).quantize(DECIMALS)
    data.longitude = Decimal(str(found.longitude)).quantize(DECIMALS)
    data.timezone = places.zone_of(found.latitude, found.longitude)
    return data


def _facts(data: BirthData) -> dict[str, object]:
    return {name: getattr(data, name) for name in ("time", "city", "country", "latitude", "longitude", "timezone")}
