"""What a person prefers, values, likes and will not talk about: each set is replaced whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from connect.enums import NonNegotiableDimension
from connect.models import (
    InterestScore,
    NonNegotiable,
    OffLimitsTopic,
    PreferenceSettings,
    ReadinessAnswer,
    ValueScore,
)
from connect.services import demands, extraction
from connect.vectors import INTERESTS, VALUES

MOST_NON_NEGOTIABLES = 3

SETTINGS = (
    "conversation_depth",
    "contact_frequency",
    "directness_score",
    "humor_score",
    "response_pace",
    "group_comfort",
    "friendship_intention",
    "voice_note_ok",
    "availability_windows",
)
# What may be named as non-negotiable, by dimension.
NON_NEGOTIABLE_KEYS = {
    NonNegotiableDimension.VALUE: VALUES,
    NonNegotiableDimension.INTEREST: INTERESTS,
    NonNegotiableDimension.PREFERENCE: SETTINGS,
}


@dataclass(frozen=True)
class Essential:
    """One thing that matters most to a person; rank 1 before 2 before 3."""

    dimension: NonNegotiableDimension
    key: str
    priority_rank: int


def save_settings(*, user_id: UUID, chosen: Mapping[str, Any], now: datetime) -> PreferenceSettings:
    """Store all of SETTINGS."""
    with extraction.rebuilding(user_id=user_id, now=now):
        saved, _ = PreferenceSettings.objects.update_or_create(user_id=user_id, defaults=chosen)
    return saved


def save_values(*, user_id: UUID, scores: Mapping[str, int], now: datetime) -> None:
    """Replace the scores (0 to 100) of the person's values. Raises WrongState for emptying them in the pool."""
    rows = [ValueScore(user_id=user_id, value_key=key, score=score) for key, score in scores.items()]
    with extraction.rebuilding(user_id=user_id, now=now) as member:
        demands.check_kept(member, {"values": scores})
        _replace(ValueScore, user_id, rows, key="value_key", number="score")


def save_interests(*, user_id: UUID, scores: Mapping[str, int], now: datetime) -> None:
    """Replace the scores (0 to 100) of the person's interests."""
    rows = [InterestScore(user_id=user_id, interest_key=key, score=score) for key, score in scores.items()]
    with extraction.rebuilding(user_id=user_id, now=now):
        _replace(InterestScore, user_id, rows, key="interest_key", number="score")


def save_readiness(*, user_id: UUID, answers: Mapping[str, int], now: datetime) -> None:
    """Replace the answers (1 to 5) to the readiness questionnaire."""
    rows = [ReadinessAnswer(user_id=user_id, question_key=key, answer=n) for key, n in answers.items()]
    with extraction.rebuilding(user_id=user_id, now=now):
        _replace(ReadinessAnswer, user_id, rows, key="question_key", number="answer")


def save_off_limits(*, user_id: UUID, topics: Collection[str], now: datetime) -> None:
    """Replace the topics the person does not want to meet."""
    rows = [OffLimitsTopic(user_id=user_id, topic_key=topic) for topic in topics]
    with extraction.rebuilding(user_id=user_id, now=now):
        OffLimitsTopic.objects.filter(user=user_id).exclude(topic_key__in=topics).delete()
        OffLimitsTopic.objects.bulk_create(rows, ignore_conflicts=True)


def save_non_negotiables(*, user_id: UUID, essentials: Sequence[Essential], now: datetime) -> None:
    """Replace what matters most. Ranks may swap, so the old rows go first."""
    rows = [
        NonNegotiable(user_id=user_id, dimension=e.dimension, key=e.key, priority_rank=e.priority_rank)
        for e in essentials
    ]
    with extraction.rebuilding(user_id=user_id, now=now):
        NonNegotiable.objects.filter(user=user_id).delete()
        NonNegotiable.objects.bulk_create(rows)


def _replace(model: Any, user_id: UUID, rows: Sequence[Any], *, key: str, number: str) -> None:
    """Make `rows` all the person has: one statement for what goes, one for what comes or changes."""
    kept = [getattr(row, key) for row in rows]
    model.objects.filter(user=user_id).exclude(**{f"{key}__in": kept}).delete()
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", key], update_fields=[number])
