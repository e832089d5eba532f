"""The waiting out of the database, as the engine takes them, and held again when they are paired."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from numpy.typing import NDArray

from config import bulk
from connect.models import User
from matching.engine import blocks, queue
from matching.engine.features import Features
from matching.engine.parameters import Parameters
from matching.engine.scores import weighted
from matching.enums import MatchStatus
from matching.models import Connection, Match, QueueEntry
from matching.services import copies, pairs, people, queue_gate
from safety.enums import TrustBand
from safety.models import Block, SafetyFlag
from safety.services.trust import scores
from safety.trust import band

_ENTRY_IS_FRESH = {"user__pool_entry__due_at": None}
_TRAITS = {"flagged": copies.INTEGER, "newcomer": copies.INTEGER}
COLUMNS = {
    "user_id": ("user_id", copies.UUID_BYTES),
    "since": ("waiting_since", copies.MICROSECONDS),
    **{name: (name, kind) for name, kind in _TRAITS.items()},
    **{name: (f"user__pool_entry__{name}", kind) for name, kind in people.ENTRY.items()},
}


@dataclass(frozen=True)
class Crowd:
    """Everybody who waits and may be paired, in the order of `ids`, with the features that scores are made of."""

    ids: list[UUID]
    features: Features
    waiting: queue.Waiting


def load(*, parameters: Parameters, now: datetime) -> Crowd:
    """A constant number of queries, whatever theirs. Needs the service role."""
    rows = copies.rows(_ready(now).order_by("user_id"), COLUMNS)
    pool = people.pool_of(rows, now.date())
    order = blocks.order(pool)
    ids = copies.uuids(rows["user_id"][order])
    flagged, newcomers = (rows[name][order] == 1 for name in _TRAITS)
    pool = queue.shielded(pool.take(order), newcomers, flagged | _of_low_trust(ids))
    made = people.features_of(rows, order)
    return Crowd(
        ids=ids,
        features=made,
        waiting=queue.Waiting(
            pool=replace(pool, person=np.arange(len(pool))),
            weighted=weighted(made, parameters.friendship),
            waited=_waited(rows["since"][order], now),
            flagged=flagged,
            apart=apart(ids, now),
        ),
    )


def hold(user_ids: Collection[UUID], *, planned: datetime, now: datetime) -> dict[UUID, QueueEntry]:
    """The entries of those of these people who still wait as they did when it was `planned` to pair them, by person.

    Their rows are locked in the order of their ids; whoever else holds one right now is left to the next time.
    """
    users = User.objects.filter(id__in=bulk.any_of(user_ids)).order_by("id")
    held = list(users.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True))
    # Apart from the entries: PostgreSQL would spend longer on how to join so many tables than on doing it.
    allowed = list(queue_gate.allowed(now).filter(id__in=bulk.any_of(held)).values_list("id", flat=True))
    waiting = QueueEntry.objects.active().filter(user__in=bulk.any_of(allowed), **_ENTRY_IS_FRESH)
    return {entry.user_id: entry for entry in waiting.filter(user__pool_entry__built_at__lte=planned)}


def apart(ids: list[UUID], now: datetime) -> NDArray[np.int64]:
    """Who of these must not be paired: ordered pairs of positions (m, 2), both ways, sorted.

    Who blocked whom, who is or was connected, who has an open match, and who met a short time ago; a proposal that ran
    out unanswered was no meeting, nor a talk in which nobody said a word.
    """
    lately = Q(created_at__gt=now - settings.QUEUE_PAIR_RESTS) & ~Q(status=MatchStatus.EXPIRED) & Q(wordless=False)
    met = Match.objects.open() | Match.objects.filter(lately)
    return pairs.among(
        ids,
        {
            "blocked": (Block.objects.all(), "blocker_id", "blocked_id"),
            "met": (met, "user_a_id", "user_b_id"),
            "connected": (Connection.objects.all(), "user_low_id", "user_high_id"),
        },
    ).pairs


def _ready(now: datetime) -> QuerySet[QueueEntry]:
    """Those who wait, may, and whose vectors are of how they are now, with their traits."""
    flags = SafetyFlag.objects.live().filter(user=OuterRef("user"))
    return (
        QueueEntry.objects.active()
        .filter(user__in=queue_gate.allowed(now).values("id"), **_ENTRY_IS_FRESH)
        .annotate(
            flagged=_number(Exists(flags)),
            newcomer=_number(Q(user__created_at__gt=now - settings.QUEUE_NEWCOMER)),
        )
    )


def _of_low_trust(ids: list[UUID]) -> NDArray[np.bool_]:
    standing = scores(ids)
    return np.array([band(standing[person]) == TrustBand.LOW for person in ids], dtype=bool)


def _number(condition: Any) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def _waited(since: NDArray[np.int64], now: datetime) -> NDArray[np.float64]:
    """Seconds."""
    moment = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us")
    waited = moment - (people.EPOCH.astype("M8[us]") + since.astype(np.int64))
    return np.asarray(np.maximum(waited / np.timedelta64(1, "s"), 0.0))
