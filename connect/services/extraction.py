"""The pipeline from what a person answered to the vectors that stand for them.

The vectors are numbers from -1 to 1 with 0 for neutral, in the order that `connect.vectors` names. They are
derived under the consent to matching: without it there are none. Personality answers and free text are no
input.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from connect import readiness
from connect.enums import (
    ContactFrequency,
    ConversationDepth,
    FriendshipIntention,
    GroupComfort,
    Purpose,
    ResponsePace,
)
from connect.models import (
    ConnectProfile,
    Consent,
    InterestScore,
    PreferenceSettings,
    ReadinessAnswer,
    ValueScore,
)
from connect.services import locks
from connect.signals import profile_changed
from connect.vectors import COMMUNICATION, LIFE_GOALS, VALUES, VERSION

VECTOR_FIELDS = ("values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score")

DEPTH = {ConversationDepth.LIGHT: -1.0, ConversationDepth.MODERATE: 0.0, ConversationDepth.DEEP: 1.0}
FREQUENCY = {ContactFrequency.OCCASIONAL: -1.0, ContactFrequency.WEEKLY: 0.0, ContactFrequency.DAILY: 1.0}
PACE = {ResponsePace.FLEXIBLE: -1.0, ResponsePace.QUICK: 1.0}
GROUP = {GroupComfort.ONE_TO_ONE: -1.0, GroupComfort.SMALL_GROUPS: 0.0, GroupComfort.ANY: 1.0}

# What a wish for friendship says about life goals.
INTENTION: dict[str, dict[str, float]] = {
    FriendshipIntention.LONG_TERM: {"commitment": 1.0, "companionship": 0.5, "shared_activities": 0.0},
    FriendshipIntention.OPEN_ENDED: {"commitment": 0.0, "companionship": 0.0, "shared_activities": 0.0},
    FriendshipIntention.ACTIVITY_BUDDIES: {
        "commitment": -1.0,
        "companionship": -0.5,
        "shared_activities": 1.0,
    },
}
# Which values and interests say something about a life goal, each as much as the other.
GOAL_VALUES = {
    "commitment": ("security",),
    "companionship": ("empathy", "humor"),
    "shared_activities": ("adventure",),
    "roots": ("family", "community", "security"),
    "exploration": ("freedom", "adventure", "creativity"),
    "purpose": ("growth", "spirituality", "ambition"),
}
GOAL_INTERESTS = {"roots": ("cooking",), "exploration": ("travel",), "purpose": ("volunteering",)}


@dataclass(frozen=True)
class Answers:
    """What a person has answered; scores from 0 to 100, readiness from 1 to 5."""

    values: Mapping[str, int] = field(default_factory=dict)
    interests: Mapping[str, int] = field(default_factory=dict)
    preferences: PreferenceSettings | None = None
    readiness: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Vectors:
    """What stands for a person; None where nothing was answered."""

    values_vector: list[float] | None = None
    communication_vector: list[float] | None = None
    life_goals_vector: list[float] | None = None
    emotional_readiness_score: int | None = None


def vectors_of(answers: Answers) -> Vectors:
    """The pure part: answers in, vectors out. A key that was not answered is neutral."""
    return Vectors(
        values_vector=_values(answers.values),
        communication_vector=_communication(answers.preferences),
        life_goals_vector=_life_goals(answers),
        emotional_readiness_score=readiness.score(dict(answers.readiness)),
    )


def _values(scores: Mapping[str, int]) -> list[float] | None:
    return [_slider(scores.get(key, 50)) for key in VALUES] if scores else None


def _communication(preferences: PreferenceSettings | None) -> list[float] | None:
    if preferences is None:
        return None
    said = {
        "directness": _slider(preferences.directness_score),
        "humor": _slider(preferences.humor_score),
        "depth": DEPTH[ConversationDepth(preferences.conversation_depth)],
        "frequency": FREQUENCY[ContactFrequency(preferences.contact_frequency)],
        "pace": PACE[ResponsePace(preferences.response_pace)],
        "group": GROUP[GroupComfort(preferences.group_comfort)],
        "voice": 1.0 if preferences.voice_note_ok else -1.0,
    }
    return [said[dimension] for dimension in COMMUNICATION]


def _life_goals(answers: Answers) -> list[float] | None:
    said = {goal: _about(goal, answers) for goal in LIFE_GOALS}
    if not any(said.values()):
        return None
    return [sum(said[goal]) / len(said[goal]) if said[goal] else 0.0 for goal in LIFE_GOALS]


def _about(goal: str, answers: Answers) -> list[float]:
    """Everything a person answered that says something about one life goal."""
    values = [_slider(answers.values[key]) for key in GOAL_VALUES[goal] if key in answers.values]
    interests = GOAL_INTERESTS.get(goal, ())
    values += [_slider(answers.interests[key]) for key in interests if key in answers.interests]
    intention = INTENTION[answers.preferences.friendship_intention] if answers.preferences else {}
    return [*values, intention[goal]] if goal in intention else values


def _slider(score: int) -> float:
    return (score - 50) / 50


def rebuild(*, user_id: UUID, now: datetime) -> ConnectProfile:
    """Write the vectors anew from the stored answers and tell matching."""
    with rebuilding(user_id=user_id, now=now) as profile:
        return profile


@contextmanager
def rebuilding(*, user_id: UUID, now: datetime) -> Iterator[ConnectProfile]:
    """Lock the person's pool profile, let the body change it or their answers, then write the vectors anew.

    The lock makes two changes at once line up, so that the later vectors know the answers of both.
    """
    profile = locks.pool_profile(user_id)
    yield profile
    allowed = Consent.objects.allows(user_id, Purpose.MATCHING)
    _write(profile, vectors_of(_answers(user_id)) if allowed else Vectors())
    profile_changed.send(sender=ConnectProfile, user_id=user_id, active=profile.is_active, now=now)


def _answers(user_id: UUID) -> Answers:
    return Answers(
        values=_pairs(ValueScore, user_id, "value_key", "score"),
        interests=_pairs(InterestScore, user_id, "interest_key", "score"),
        preferences=PreferenceSettings.objects.filter(user=user_id).first(),
        readiness=_pairs(ReadinessAnswer, user_id, "question_key", "answer"),
    )


def _pairs(model: Any, user_id: UUID, key: str, number: str) -> dict[str, int]:
    return dict(model.objects.filter(user=user_id).values_list(key, number))


def _write(profile: ConnectProfile, vectors: Vectors) -> None:
    for name in VECTOR_FIELDS:
        setattr(profile, name, getattr(vectors, name))
    profile.vector_version = VERSION if vectors != Vectors() else ""
    profile.save()


def forget(*, user_id: UUID, now: datetime) -> dict[str, int]:
    """Empty a person's vectors and take them out of the pool: how many of what went, receivers' deletions included.

    Called when the consent to matching is taken back.
    """
    profile = locks.pool_profile(user_id)
    held = sum(getattr(profile, name) is not None for name in VECTOR_FIELDS)
    profile.is_active = False
    _write(profile, Vectors())
    gone = Counter({"vectors": held})
    for _, closed in profile_changed.send(sender=ConnectProfile, user_id=user_id, active=False, now=now):
        gone.update(closed or {})
    return dict(gone)
