"""People of the pool, matches and moments for the tests of matching, as rows of the real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import h3
import numpy as np
from django.db import transaction
from django.dispatch import Signal

from connect.enums import Gender, Mode, Purpose
from connect.models import (
    BirthData,
    ConnectProfile,
    Consent,
    InterestScore,
    PreferenceSettings,
    Profile,
    User,
)
from connect.vectors import COMMUNICATION, LIFE_GOALS, VALUES
from matching.engine.parameters import Parameters
from matching.enums import ENDED, InterestStatus, MatchStatus, Origin, Server
from matching.models import Chart, Connection, EngineParameters, Interest, Match, PoolEntry
from matching.services import building, charts, connections, entries, newcomers, pairs, people, pipeline
from matching.services.people import Population
from matching.services.pipeline import Outcome
from tests.factories import UserFactory

BERLIN = (52.52, 13.405)
MUNICH = (48.137, 11.575)

WAYS = {
    MatchStatus.PROPOSED: [],
    MatchStatus.ACCEPTED_A: [MatchStatus.ACCEPTED_A],
    MatchStatus.ACCEPTED_B: [MatchStatus.ACCEPTED_B],
    MatchStatus.ACCEPTED_BOTH: [MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_BOTH],
    MatchStatus.BLIND_CHAT_ACTIVE: [
        MatchStatus.ACCEPTED_A,
        MatchStatus.ACCEPTED_BOTH,
        MatchStatus.BLIND_CHAT_ACTIVE,
    ],
    MatchStatus.REVEALED: [
        MatchStatus.ACCEPTED_A,
        MatchStatus.ACCEPTED_BOTH,
        MatchStatus.BLIND_CHAT_ACTIVE,
        MatchStatus.REVEALED,
    ],
    MatchStatus.DECLINED: [MatchStatus.DECLINED],
    MatchStatus.EXPIRED: [MatchStatus.EXPIRED],
    MatchStatus.CLOSED: [MatchStatus.CLOSED],
}
"""The moves that lead to each status."""


def numbers(**changes: Any) -> Parameters:
    """What the engine goes by, with changes."""
    return replace(EngineParameters.objects.live().get().as_parameters(), **changes)


def outcome(now: datetime, **changes: Any) -> Outcome:
    """What a run would propose, with changes to what it goes by."""
    parameters = numbers(**changes)
    population = loaded(now, capacity=parameters.capacity)
    excluded = pairs.excluded(population.ids, decline_rest=parameters.decline_rest, now=now)
    return pipeline.propose(population, excluded, parameters=parameters, beat=lambda: None)


def account() -> User:
    user: User = UserFactory()
    return user


def person(now: datetime, *, chart: bool = True, **wishes: Any) -> User:
    """Somebody in the pool whom everybody else made like this may meet; `wishes` change what they want."""
    user = account()
    facts = {
        "birth_date": date(1992, 3, 14),
        "gender": Gender.FEMALE,
        "languages": ["en"],
        "cell": cell(BERLIN),
    }
    facts |= {name: wishes.pop(name) for name in list(wishes) if name in facts}
    Profile.objects.create(user=user, nickname="N", **facts)
    consent(user, Purpose.MATCHING, now)
    defaults = {
        "is_active": True,
        "activated_at": now - timedelta(days=1),
        "mode": Mode.BOTH,
        "language_pref": ["en"],
        "values_vector": np.full(len(VALUES), 0.5),
        "communication_vector": np.full(len(COMMUNICATION), 0.5),
        "life_goals_vector": np.full(len(LIFE_GOALS), 0.5),
        "emotional_readiness_score": 80,
    }
    ConnectProfile.objects.create(user=user, **(defaults | wishes))
    if chart:
        born(user, now)
    return user


def born(user: User, now: datetime, *, at: time | None = time(7, 30), consents: tuple[Purpose, ...] = ()) -> Chart:
    """Birth data with the consents (both halves by default), and the chart computed."""
    for purpose in consents or charts.HALVES:
        consent(user, purpose, now)
    BirthData.objects.create(user=user, time=at, latitude=BERLIN[0], longitude=BERLIN[1], timezone="Europe/Berlin")
    charts.mark_due(user_id=user.id, now=now)
    charts.compute_due(now=now)
    return Chart.objects.get(user=user)


def consent(user: User, purpose: Purpose, now: datetime) -> Consent:
    return Consent.objects.create(user=user, purpose=purpose, version="v1", granted_at=now)


def cell(place: tuple[float, float]) -> str:
    return h3.latlng_to_cell(*place, 6)


def prefers(user: User, **chosen: Any) -> PreferenceSettings:
    defaults = {
        "conversation_depth": "deep",
        "contact_frequency": "daily",
        "directness_score": 50,
        "humor_score": 50,
        "response_pace": "quick",
        "group_comfort": "any",
        "friendship_intention": "long_term",
    }
    return PreferenceSettings.objects.create(user=user, **(defaults | chosen))


def likes(user: User, **scores: int) -> None:
    for key, score in scores.items():
        InterestScore.objects.create(user=user, interest_key=key, score=score)


def match_of(first: User, second: User, now: datetime, status: str = MatchStatus.PROPOSED, **fields: Any) -> Match:
    """A match that went its way to this status."""
    low, high = sorted((first.id, second.id))
    ended = {"ended_at": now} if status in ENDED else {}
    match = Match.objects.create(
        user_a_id=low,
        user_b_id=high,
        **(scored() | {"expires_at": now + timedelta(hours=72)} | ended | fields),
    )
    for step in WAYS[MatchStatus(status)]:
        match.status = step
        match.save(update_fields=["status"])
    return match


def scored() -> dict[str, Any]:
    shown = {"astro": None, "hd": None, "values": 85, "communication": 60, "readiness": 65}
    shown |= {"interests": None, "depth": None, "availability": None}
    reason = {"code": "values_close", "params": {}, "text": "Your values lie close together."}
    return {
        "total_score": Decimal("72.34"),
        "values_score": Decimal("84.21"),
        "score_breakdown": {"astro": None, "values": 84.21, "communication": 61.0, "readiness": 30.0},
        "explanation": {"total": 70, "scores": shown, "labels": dict.fromkeys(shown), "reasons": [reason]},
        "match_reasons": ["values_close"],
        "engine_version": "connect-v1",
        "weight_profile": "connect-v1",
    }


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """What a signal tells while the block runs."""
    told: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        told.append(kwargs)

    signal.connect(listen, weak=False)
    try:
        yield told
    finally:
        signal.disconnect(listen)


def loaded(now: datetime, *, capacity: int = 1) -> Population:
    """The pool as a run would load it, everybody's entry built anew."""
    for user_id in ConnectProfile.objects.values_list("user_id", flat=True):
        entries.mark_due(user_ids=[user_id], now=now)
    while building.build_due(now=now):
        pass
    return people.load(capacity=capacity, now=now)


def follow(now: datetime) -> None:
    """What the sweep does: build what is due, look at whom that concerns."""
    while building.build_due(now=now):
        pass
    while newcomers.consider_due(now=now):
        pass


def entry_of(user: User) -> PoolEntry:
    return PoolEntry.objects.get(user=user)


def ids(*users: User) -> set[UUID]:
    return {user.id for user in users}


def found_each_other(first: UUID, second: UUID, now: datetime) -> Connection:
    """Two whom discovery connected; `first` was interested before."""
    for sender, receiver in ((first, second), (second, first)):
        Interest.objects.create(sender_id=sender, receiver_id=receiver, server=Server.PARTNER)
    Interest.objects.between(first, second).update(status=InterestStatus.MUTUAL, decided_at=now)
    with transaction.atomic():
        return connections.form(first=first, second=second, origin=Origin.DISCOVERY, server=Server.PARTNER, now=now)
