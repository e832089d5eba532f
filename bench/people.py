"""People to measure with: accounts, live sessions, tokens and conversations, made straight in the database."""

import itertools
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.enums import Kind
from chat.models import Conversation
from chat.services.openings import open_blind
from config.db import new_id
from connect import tokens
from connect.models import ConnectProfile, DeviceSession, User
from matching.enums import MatchStatus, Origin, Server
from matching.models import Connection, Match
from safety.crypto import new_data_key, wrap
from streaks.engine import states
from streaks.models import Streak


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    id: UUID
    token: str


def people(number: int) -> list[Person]:
    """Fresh accounts with a session each; their tokens are good for a quarter of an hour."""
    now, run = timezone.now(), secrets.token_hex(4)
    users = [User(id=new_id(), email=f"{run}.{n}@bench.example", password="!") for n in range(number)]
    sessions = [
        DeviceSession(id=new_id(), user=user, last_used_at=now, expires_at=now + timedelta(days=1)) for user in users
    ]
    User.objects.bulk_create(users)
    DeviceSession.objects.bulk_create(sessions)
    return [
        Person(user.id, tokens.access_token(user_id=user.id, session_id=session.id, now=now))
        for user, session in zip(users, sessions, strict=True)
    ]


@transaction.atomic
def blind_chat(first: Person, second: Person) -> UUID:
    """A blind conversation as the product makes one: through a match both accepted."""
    now = timezone.now()
    low, high = sorted((first.id, second.id))
    match = Match.objects.create(
        user_a_id=low,
        user_b_id=high,
        total_score=80,
        engine_version="connect-v1",
        weight_profile="connect",
        status=MatchStatus.ACCEPTED_BOTH,
        expires_at=now + timedelta(hours=72),
    )
    return open_blind(matches=[match], now=now)[0].id


def activate(person: Person) -> None:
    """Opted in to matching."""
    now = timezone.now()
    ConnectProfile.objects.create(
        user_id=person.id,
        is_active=True,
        consented_at=now,
        activated_at=now,
        consent_version="v1",
        mode="both",
        min_age=18,
        max_age=99,
        language_pref=["en"],
        emotional_readiness_score=70,
    )


def more_chats(person: Person, others: list[Person]) -> None:
    """Further conversations, one with each of the others."""
    names = itertools.count(1)
    for other in others:
        low, high = sorted((person.id, other.id))
        Conversation.objects.create(
            kind=Kind.LIVE,
            user_a_id=low,
            user_b_id=high,
            pseudonym_a=f"Low {next(names)}",
            pseudonym_b=f"High {next(names)}",
            data_key=wrap(new_data_key()),
            last_activity_at=timezone.now(),
        )


def streaks(person: Person, others: list[Person]) -> None:
    """A streak with each of the others."""
    for other in others:
        low, high = sorted((person.id, other.id))
        pair = {"user_low_id": low, "user_high_id": high}
        connection = Connection.objects.create(origin=Origin.DISCOVERY, server=Server.PARTNER, **pair)
        first = states.start("UTC", timezone.now())
        Streak.objects.create(
            connection=connection,
            timezone=first.timezone,
            started_on=first.started_on,
            day=first.day,
            due_at=first.due_at,
            **pair,
        )
