"""What one person may see of others: rows of Disclosure decide, and a block outweighs them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from config import bulk
from config.languages import spoken
from connect.enums import DisclosureLevel
from connect.models import Disclosure, Photo, Profile
from safety.models import Block
from safety.roles import as_service

_RANK = {DisclosureLevel.FACE: 0, DisclosureLevel.CARD: 1, DisclosureLevel.IDENTITY: 2}


@dataclass(frozen=True)
class Card:
    """A person as another may see them; name and school come with identity only."""

    user_id: UUID
    level: DisclosureLevel
    nickname: str
    city: str
    country: str
    bio: str
    languages: list[str]
    age: int | None
    name: str | None = None
    gender: str | None = None
    school: str | None = None


def card(viewer: UUID, ids: Collection[UUID], *, today: date) -> dict[UUID, Card]:
    """Cards of those of `ids` that `viewer` may see, run as the viewer.

    The same three queries whoever may be seen, so that their number does not tell a block from a stranger.
    """
    shown = Disclosure.objects.live().filter(viewer=viewer, subject__in=ids).values_list("subject_id", "level")
    levels: dict[UUID, DisclosureLevel] = {}
    for subject, level in shown:
        levels[subject] = max(levels.get(subject, DisclosureLevel.FACE), DisclosureLevel(level), key=_RANK.__getitem__)
    seen = {subject for subject, level in levels.items() if level != DisclosureLevel.FACE} - _apart(viewer, ids)
    profiles = Profile.objects.filter(user__in=ids)
    return {p.user_id: _card(p, levels[p.user_id], today) for p in profiles if p.user_id in seen}


def photos(viewer: UUID, shown: Mapping[UUID, Card]) -> dict[UUID, list[Photo]]:
    """The photos of those whose identity is shown, in their order, run as the viewer; one query, also for nobody."""
    known = [user_id for user_id, seen in shown.items() if seen.level == DisclosureLevel.IDENTITY]
    found: dict[UUID, list[Photo]] = {}
    for photo in Photo.objects.filter(user__in=bulk.any_of(known)).order_by("position"):
        found.setdefault(photo.user_id, []).append(photo)
    return found


def languages(ids: Collection[UUID]) -> dict[UUID, str]:
    """The language of ours that each of these people reads, by what they say they speak; run as them or as the
    service.
    """
    told = dict(Profile.objects.filter(user__in=bulk.any_of(ids)).values_list("user_id", "languages"))
    return {user_id: spoken(told.get(user_id, [])) for user_id in ids}


def _apart(viewer: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Who of `ids` blocked the viewer or is blocked by them; only the service sees both."""
    between = Q(blocker=viewer, blocked__in=ids) | Q(blocked=viewer, blocker__in=ids)
    with as_service():
        return {user for pair in Block.objects.filter(between).values_list("blocker", "blocked") for user in pair}


def _card(profile: Profile, level: DisclosureLevel, today: date) -> Card:
    identity = level == DisclosureLevel.IDENTITY
    return Card(
        user_id=profile.user_id,
        level=level,
        nickname=profile.nickname,
        city=profile.city,
        country=profile.country,
        bio=profile.bio,
        languages=profile.languages,
        age=profile.age_on(today),
        name=profile.name if identity else None,
        gender=profile.gender if identity else None,
        school=profile.school if identity else None,
    )
