"""The demo pool: invented people with everything matching needs, for a stack that would otherwise be empty."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from connect.enums import (
    ContactFrequency,
    ConversationDepth,
    FriendshipIntention,
    Gender,
    GroupComfort,
    Mode,
    Purpose,
    ResponsePace,
)
from connect.models import User
from connect.services import births, consents, pool, preferences, profiles
from connect.services.births import Birthplace
from connect.services.pool import Wishes
from connect.vectors import INTERESTS, READINESS, VALUES

DOMAIN = "demo.maitribe.example"
SEED = 20260221
NAMES = (
    *(
        "Amara",
        "Anton",
        "Bela",
        "Clara",
        "Davide",
        "Elif",
        "Emil",
        "Fatou",
        "Felix",
        "Greta",
        "Hanna",
        "Ines",
    ),
    *("Jonas", "Kofi", "Lena", "Linh", "Mateo", "Mira", "Nils", "Noor", "Oskar", "Paula", "Quentin", "Rosa"),
    *("Samir", "Selma", "Theo", "Uma", "Viktor", "Wanda", "Yara", "Zeno"),
)
CITIES = ("Berlin", "Hamburg", "Leipzig", "Potsdam", "Dresden", "Hannover")


@dataclass(frozen=True)
class DemoPerson:
    """One invented person, drawn from a seeded generator so that every demo pool is the same."""

    name: str
    draw: random.Random

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@{DOMAIN}"


def people() -> list[DemoPerson]:
    return [DemoPerson(name, random.Random(f"{SEED} {name}")) for name in NAMES]  # noqa: S311


def make(person: DemoPerson, *, now: datetime) -> User:
    """Sign a demo person up the way a real one does it, step by step. Needs an open transaction as service."""
    user = User.objects.create_user(person.email, None, timezone="Europe/Berlin")
    for purpose in (Purpose.ASTROLOGY, Purpose.HUMAN_DESIGN):
        consents.grant(user_id=user.id, purpose=purpose, version="v1", now=now)
    _tell_who(person, user.id, now)
    _tell_birth(person, user.id, now)
    _tell_preferences(person, user.id, now)
    pool.activate(user_id=user.id, wishes=_wishes(), consent_version="v1", now=now)
    return user


def _tell_who(person: DemoPerson, user_id: UUID, now: datetime) -> None:
    draw = person.draw
    changes = {
        "name": f"{person.name} Demo",
        "nickname": person.name,
        "birth_date": date(draw.randint(1980, 2002), draw.randint(1, 12), draw.randint(1, 28)),
        "gender": draw.choice(list(Gender)),
        "city": draw.choice(CITIES),
        "country": "DE",
        "bio": "An invented person of the demo pool.",
        "languages": draw.choice((["de", "en"], ["de"], ["en", "de", "fr"])),
    }
    profiles.update(user_id=user_id, changes=changes, now=now)


def _tell_birth(person: DemoPerson, user_id: UUID, now: datetime) -> None:
    at = time(person.draw.randint(3, 23), person.draw.randint(0, 59)) if person.draw.random() < 0.7 else None
    town = Birthplace(city=person.draw.choice(CITIES), country="DE", latitude=None, longitude=None)
    births.save(user_id=user_id, at=at, place=town, now=now)


def _tell_preferences(person: DemoPerson, user_id: UUID, now: datetime) -> None:
    draw = person.draw
    preferences.save_values(user_id=user_id, scores={key: draw.randint(10, 100) for key in VALUES}, now=now)
    interests = {key: draw.randint(0, 100) for key in INTERESTS}
    preferences.save_interests(user_id=user_id, scores=interests, now=now)
    preferences.save_readiness(user_id=user_id, answers={key: draw.randint(2, 5) for key in READINESS}, now=now)
    chosen = {
        "conversation_depth": draw.choice(list(ConversationDepth)),
        "contact_frequency": draw.choice(list(ContactFrequency)),
        "directness_score": draw.randint(0, 100),
        "humor_score": draw.randint(0, 100),
        "response_pace": draw.choice(list(ResponsePace)),
        "group_comfort": draw.choice(list(GroupComfort)),
        "friendship_intention": draw.choice(list(FriendshipIntention)),
        "voice_note_ok": draw.random() < 0.5,
        "availability_windows": sorted(draw.sample(range(168), 20)),
    }
    preferences.save_settings(user_id=user_id, chosen=chosen, now=now)


def _wishes() -> Wishes:
    return Wishes(
        mode=Mode.BOTH,
        min_age=18,
        max_age=60,
        distance_km=500,
        preferred_genders=[],
        language_pref=["de", "en"],
    )
