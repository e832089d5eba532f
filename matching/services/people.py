"""The pool out of the database: a constant number of queries, whatever its size."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from numpy.typing import NDArray

from config import bulk
from connect import exposure
from connect.enums import Purpose, UserStatus
from connect.models import ConnectProfile, Consent
from matching.engine import blocks
from matching.engine.features import DIMENSIONS, Features
from matching.engine.filters import Pool, bit_masks, cosines, unit_vectors
from matching.enums import Pathway
from matching.models import Match
from matching.services import copies
from matching.vectors import EDGES, FEATURES_VERSION, LANGUAGE_BYTES, WIDTH

EXPOSURE_WINDOW = timedelta(days=30)
"""How far back being shown to somebody counts as exposure."""

EPOCH = np.datetime64("2000-01-01", "D")
"""From which PostgreSQL counts."""

FACTS = {
    "birth_date": copies.DAYS,
    "min_age": copies.SMALL,
    "max_age": copies.SMALL,
    "north": copies.REAL,
    "east": copies.REAL,
    "max_km": copies.REAL,
    "languages": copies.raw(LANGUAGE_BYTES),
    "mode": copies.SMALL,
    "gender": copies.SMALL,
    "seeks": copies.SMALL,
    "off_limits": copies.BIG,
    "topics": copies.BIG,
}
"""What `pool_of` needs of a PoolEntry."""

ENTRY = {
    "query": copies.vector(WIDTH),
    "key": copies.vector(WIDTH),
    "leanings": copies.vector(len(DIMENSIONS)),
    "present": copies.SMALL,
    **FACTS,
}
"""What the engine needs of a PoolEntry."""

COLUMNS = {
    "user_id": ("user_id", copies.UUID_BYTES),
    "joined": ("joined", copies.MICROSECONDS),
    "held": ("held", copies.BIG),
    **{name: (f"user__pool_entry__{name}", kind) for name, kind in ENTRY.items()},
}


@dataclass(frozen=True)
class Population:
    """n people of one run, in the order of `ids`, which is that of the engine's blocks.

    there (n,): who takes part; whoever left a run in shards keeps a place, where they meet nobody. waited_days (n,):
    since the last proposal or joining. exposure (n,): proposals within EXPOSURE_WINDOW. room (n,): proposals they may
    still get.
    """

    ids: list[UUID]
    there: NDArray[np.bool_]
    features: Features
    pool: Pool
    waited_days: NDArray[np.float64]
    exposure: NDArray[np.int64]
    room: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


def eligible(*, capacity: int) -> QuerySet[ConnectProfile]:
    """Who may get a proposal: opted in, consent and account live, not suspended, birth date known, and fewer
    than `capacity` open proposals.

    Until Connect is open to the public, staff alone.
    """
    consent = Consent.objects.live().filter(user=OuterRef("user"), purpose=Purpose.MATCHING)
    held = Coalesce(_held("user_a"), 0) + Coalesce(_held("user_b"), 0)
    return (
        ConnectProfile.objects.active()
        .filter(exposure.invited("user__"))
        .filter(Exists(consent), user__status=UserStatus.ACTIVE, user__profile__birth_date__isnull=False)
        .exclude(user__suspended_until__gt=Now())
        .annotate(held=held)
        .filter(held__lt=capacity)
    )


def load(*, capacity: int, now: datetime, among: Q | None = None) -> Population:
    """Everybody eligible whose vectors are ready (of those `among`), in the order of the engine's blocks. Needs the
    service role.
    """
    ready = eligible(capacity=capacity).filter(
        among or Q(), user__pool_entry__query__isnull=False, user__pool_entry__features_version=FEATURES_VERSION
    )
    joined = Coalesce("activated_at", "created_at")
    rows = copies.rows(ready.annotate(joined=joined).order_by("user_id"), COLUMNS)
    pool = pool_of(rows, now.date())
    order = blocks.order(pool)
    ids = copies.uuids(rows["user_id"][order])
    last, exposure = _history(ids, now, everybody=among is None)
    return Population(
        ids=ids,
        there=np.ones(len(ids), dtype=bool),
        features=features_of(rows, order),
        pool=replace(pool.take(order), person=np.arange(len(pool))),
        waited_days=_waited(rows["joined"][order], last, now),
        exposure=exposure,
        room=capacity - rows["held"][order].astype(np.int64),
    )


def aligned(population: Population, ids: list[UUID]) -> Population:
    """A population in the order of these people; who of them is not in it meets nobody there."""
    numbers = {user_id: i for i, user_id in enumerate(population.ids)}
    at = np.array([numbers.get(user_id, -1) for user_id in ids], dtype=np.int64)
    there = at >= 0
    population = population if population.ids else _one_blank()
    pool = population.pool.take(at)
    return Population(
        ids=ids,
        there=there,
        features=population.features.take(at),
        pool=replace(pool, person=np.arange(len(ids)), mode=np.where(there, pool.mode, 0).astype(np.uint8)),
        waited_days=population.waited_days[at],
        exposure=population.exposure[at],
        room=np.where(there, population.room[at], 0),
    )


def _one_blank() -> Population:
    """Somebody of zeros, to stand for all where nobody is there."""
    rows, only = copies.zeros(COLUMNS), np.zeros(1, dtype=np.int64)
    return Population(
        ids=copies.uuids(rows["user_id"]),
        there=np.zeros(1, dtype=bool),
        features=features_of(rows),
        pool=pool_of(rows, date.min),
        waited_days=np.zeros(1),
        exposure=only,
        room=only,
    )


def _held(side: str) -> Subquery:
    """How many open proposals somebody has as one side of the pair."""
    matches = Match.objects.open().filter(**{side: OuterRef("user")}, pathway=Pathway.COMPATIBILITY)
    counts = matches.order_by().values(side).annotate(n=Count("id")).values("n")
    return Subquery(counts, output_field=IntegerField())


def features_of(rows: NDArray[Any], order: NDArray[np.int64] | slice = slice(None)) -> Features:
    """What is multiplied, out of records of ENTRY. (The records as a whole are too wide to be copied for an order.)"""
    query, key, leanings = (rows[name]["values"][order].astype(np.float32) for name in ("query", "key", "leanings"))
    present = (rows["present"][order, None] >> np.arange(len(DIMENSIONS)) & 1).astype(bool)
    return Features(query, key, present, leanings, EDGES)


def pool_of(rows: NDArray[Any], today: date) -> Pool:
    """What is filtered by, out of records of FACTS."""
    return Pool(
        person=np.arange(len(rows)),
        age=ages(EPOCH + rows["birth_date"].astype(np.int64), today),
        age_min=rows["min_age"].astype(np.int16),
        age_max=rows["max_age"].astype(np.int16),
        place=unit_vectors(rows["north"].astype(np.float64), rows["east"].astype(np.float64)),
        nearest=cosines(rows["max_km"].astype(np.float64)),
        languages=_languages(rows["languages"]),
        mode=rows["mode"].astype(np.uint8),
        gender=rows["gender"].astype(np.uint8),
        seeks=rows["seeks"].astype(np.uint8),
        off_limits=rows["off_limits"].astype(np.uint64),
        topics=rows["topics"].astype(np.uint64),
    )


def ages(births: NDArray[np.datetime64], today: date) -> NDArray[np.int16]:
    """Completed years; a birthday on 29 February is kept on 1 March."""
    months = births.astype("M8[M]").astype(np.int64)
    days = (births - births.astype("M8[M]")).astype(np.int64) + 1
    birthday = months % 12 * 100 + days
    reached = birthday <= (today.month - 1) * 100 + today.day
    return np.asarray(today.year - 1970 - months // 12 - ~reached, dtype=np.int16)


def _languages(masks: NDArray[np.void]) -> NDArray[np.uint64]:
    """A mask of the filters has 64 bits: the most frequent languages of the pool get one."""
    bits = np.frombuffer(masks.tobytes(), dtype=np.uint8).reshape(len(masks), LANGUAGE_BYTES)
    spoken = np.unpackbits(bits, axis=1, bitorder="little").astype(bool)
    frequent = np.argsort(-spoken.sum(axis=0), kind="stable")[:64]
    return bit_masks(spoken[:, frequent])


def _history(ids: list[UUID], now: datetime, *, everybody: bool) -> tuple[dict[int, datetime], NDArray[np.int64]]:
    """When each was last proposed to somebody, and how often lately. `everybody`: these are the whole pool."""
    numbers = {user_id: i for i, user_id in enumerate(ids)}
    last: dict[int, datetime] = {}
    exposure = np.zeros(len(ids), dtype=np.int64)
    lately = Count("id", filter=Q(created_at__gt=now - EXPOSURE_WINDOW))
    proposed = Match.objects.filter(pathway=Pathway.COMPATIBILITY).order_by()
    for side in ("user_a", "user_b"):
        theirs = proposed if everybody else proposed.filter(**{f"{side}__in": bulk.any_of(ids)})
        counted = theirs.values_list(side).annotate(last=Max("created_at"), lately=lately)
        for user_id, moment, shown in counted:
            if (i := numbers.get(user_id)) is not None:
                last[i] = max(moment, last.get(i, moment))
                exposure[i] += shown
    return last, exposure


def _waited(joined: NDArray[np.int64], last: dict[int, datetime], now: datetime) -> NDArray[np.float64]:
    """Days since the last proposal, or since joining where that is later."""
    moments = EPOCH.astype("M8[us]") + joined.astype(np.int64)
    for i, moment in last.items():
        moments[i] = max(moments[i], np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us"))
    waited = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us") - moments
    return np.asarray(np.maximum(waited / np.timedelta64(1, "D"), 0.0))
