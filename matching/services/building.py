"""Building pool entries out of what people said."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from config import bulk
from connect.models import ConnectProfile, InterestScore, NonNegotiable, OffLimitsTopic
from matching.engine.features import DIMENSIONS, Features, features
from matching.models import PoolEntry
from matching.services import arrays, feedback
from matching.services.arrays import Facts, Numbers
from matching.vectors import FEATURES_VERSION
from safety.roles import as_service

CLAIM = timedelta(minutes=2)
BATCH = 500

FACTS = (
    "birth_date", "min_age", "max_age", "north", "east", "max_km", "languages", "mode", "gender", "seeks", "off_limits",
    "topics",
)  # fmt: skip
MADE = ("query", "key", "leanings", "present", *FACTS, "features_version", "built_at", "due_at", "claimed_until")


def build_due(*, now: datetime, limit: int = BATCH) -> int:
    """Build at most `limit` entries that are due; how many were taken. One that became due meanwhile stays due."""
    with transaction.atomic(), as_service():
        claimed = _claim(now, limit)
    if not claimed:
        return 0
    with transaction.atomic(), as_service():
        # Held to the end: a consent taken back meanwhile waits here, and empties what was built of it.
        standing = PoolEntry.objects.filter(id__in=[entry.id for entry in claimed]).order_by("id").select_for_update()
        entries = list(standing.defer("query", "key", "leanings"))
        _build(entries, {entry.id: entry.due_at for entry in claimed}, now)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[PoolEntry]:
    entries = PoolEntry.objects.due(now).order_by("due_at").select_for_update(skip_locked=True)
    claimed = list(entries.only("id", "due_at")[:limit])
    PoolEntry.objects.filter(id__in=[entry.id for entry in claimed]).update(claimed_until=now + CLAIM)
    return claimed


def _build(entries: list[PoolEntry], claims: dict[UUID, datetime | None], now: datetime) -> None:
    """Fill the entries out of what their people said. Who is not active, or gave no birth date, has no vectors."""
    made = _made([entry.user_id for entry in entries], now)
    for entry in entries:
        for name, value in made.get(entry.user_id, _NOTHING).items():
            setattr(entry, name, value)
        entry.due_at = None if entry.due_at == claims[entry.id] else entry.due_at
        entry.features_version, entry.built_at, entry.claimed_until = FEATURES_VERSION, now, None
        entry.consider_at = now if entry.user_id in made else None
    bulk.update(entries, [*MADE, "consider_at"])


_NOTHING: dict[str, Any] = {"query": None, "key": None, "leanings": None, "present": 0}


def _made(user_ids: list[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    """What an entry keeps, for those of these people who may be in the pool: six queries for any number of them."""
    members = ConnectProfile.objects.active().filter(user__in=user_ids, user__profile__birth_date__isnull=False)
    facts = Facts.of(list(members.order_by("user_id").values_list(*arrays.COLUMNS)))
    numbers: Numbers = {user_id: i for i, user_id in enumerate(facts["user_id"])}
    liked = arrays.interests(numbers, _rows(InterestScore, user_ids, "interest_key", "score"))
    ranked = arrays.ranks(numbers, _rows(NonNegotiable, user_ids, "dimension", "key", "priority_rank"))
    off_limits = arrays.topics(numbers, _rows(OffLimitsTopic, user_ids, "topic_key"))
    made = features(arrays.people(facts, liked, ranked), feedback.leanings(list(numbers), now=now))
    filtered = arrays.filtered(facts, liked, ranked, off_limits)
    return {
        user_id: _vectors(made, i) | {name: column[i] for name, column in filtered.items()}
        for user_id, i in numbers.items()
    }


def _vectors(made: Features, i: int) -> dict[str, Any]:
    bits = int(made.present[i] @ (1 << np.arange(len(DIMENSIONS))))
    return {"query": made.query[i], "key": made.key[i], "leanings": made.leanings[i], "present": bits}


def _rows(model: Any, user_ids: list[UUID], *columns: str) -> Iterable[tuple[Any, ...]]:
    rows: Iterable[tuple[Any, ...]] = model.objects.filter(user__in=user_ids).values_list("user_id", *columns)
    return rows
