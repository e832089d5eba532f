"""Whom people look for in a server: what they saved, or else what they opted in with."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from config.errors import Invalid
from connect.models import ConnectProfile, HobbyOption
from matching.enums import DistanceBand, Server
from matching.models import DiscoveryFilter

REACH_KM = {
    DistanceBand.UNDER_10: 10,
    DistanceBand.UNDER_25: 25,
    DistanceBand.UNDER_50: 50,
    DistanceBand.UNDER_100: 100,
    DistanceBand.UNDER_250: 250,
}
"""How far each band reaches, which is what a filter may be set to; whatever lies beyond is farther."""


@dataclass(frozen=True)
class Wanted:
    """No genders, languages or hobbies (by their codes) are any, no distance is everywhere."""

    min_age: int = 18
    max_age: int = 99
    genders: list[str] = field(default_factory=list)
    distance: str = ""
    languages: list[str] = field(default_factory=list)
    hobbies: list[str] = field(default_factory=list)


def save(*, user_id: UUID, server: Server, wanted: Wanted, now: datetime) -> Wanted:
    """Keep what is wanted in a server; it counts from the next refresh on.

    Raises Invalid: ages_contradict, genders_missing in the server that is for partners, hobby_unknown.
    """
    _check(server, wanted)
    values = asdict(wanted) | {"updated_at": now}
    DiscoveryFilter.objects.update_or_create(person_id=user_id, server=server, defaults=values)
    return wanted


def current(user_id: UUID, server: Server) -> Wanted:
    """What holds for a person at their next refresh; run as them or as the service."""
    names = list(Wanted.__dataclass_fields__)
    saved = DiscoveryFilter.objects.filter(person=user_id, server=server).values(*names).first()
    return Wanted(**saved) if saved else _opted_in_with(user_id, server)


def _opted_in_with(user_id: UUID, server: Server) -> Wanted:
    member = ConnectProfile.objects.filter(user=user_id).first()
    if member is None:
        return Wanted()
    genders = member.preferred_genders if server == Server.PARTNER else []
    return Wanted(min_age=member.min_age, max_age=member.max_age, genders=genders)


def _check(server: Server, wanted: Wanted) -> None:
    if wanted.min_age > wanted.max_age:
        raise Invalid("The least age is above the greatest.", code="ages_contradict")
    if server == Server.PARTNER and not wanted.genders:
        raise Invalid("Say which genders you look for in a partner.", code="genders_missing")
    known = set(HobbyOption.objects.filter(code__in=wanted.hobbies).values_list("code", flat=True))
    if unknown := sorted(set(wanted.hobbies) - known):
        raise Invalid("There is no such hobby.", code="hobby_unknown", hobbies=unknown)
