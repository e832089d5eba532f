"""What one person may see of others: rows of Disclosure decide, nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from connect.enums import DisclosureLevel
from connect.models import Disclosure, Profile

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
    """Cards of those of `ids` that `viewer` may see; two queries, run as the viewer."""
    shown = Disclosure.objects.live().filter(viewer=viewer, subject__in=ids).values_list("subject_id", "level")
    levels: dict[UUID, DisclosureLevel] = {}
    for subject, level in shown:
        levels[subject] = max(levels.get(subject, DisclosureLevel.FACE), DisclosureLevel(level), key=_RANK.__getitem__)
    seen = [subject for subject, level in levels.items() if level != DisclosureLevel.FACE]
    return {p.user_id: _card(p, levels[p.user_id], today) for p in Profile.objects.filter(user__in=seen)}


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
