"""Pairs that must not be proposed whatever their scores, out of the database in three queries.

- blocked: either blocked the other.
- met: they were matched before. A pair that ended before both had accepted (declined, expired, or closed because
  one of them left) rests for a while; one that is open or that both accepted is exhausted for good.
- connected: they are or were connected, whatever brought them together: they know each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from config import bulk
from matching.enums import ENDED, MatchStatus
from matching.models import Connection, Match
from matching.services import copies
from safety.models import AuditLog, Block

Ints = NDArray[np.int64]
Source = tuple[QuerySet[Any, Any], str, str]
"""Pairs of people: a query and the names of its two."""


@dataclass(frozen=True)
class Excluded:
    """Ordered pairs of indices (m, 2), both ways, sorted; `reasons` says how many each rule gave."""

    pairs: Ints
    reasons: dict[str, int]


def excluded(ids: list[UUID], *, decline_rest: timedelta, now: datetime) -> Excluded:
    """Among these people, in this order. Needs the service role."""
    return among(ids, _sources(now - decline_rest))


def among(ids: list[UUID], sources: dict[str, Source]) -> Excluded:
    """The pairs of these people, in this order, that any of the sources names. Needs the service role."""
    people = _People(ids)
    found = {name: people.among(source) for name, source in sources.items()}
    both_ways = np.vstack([way for pairs in found.values() for way in (pairs, pairs[:, ::-1])])
    return Excluded(
        pairs=np.unique(both_ways, axis=0),
        reasons={name: 2 * len(pairs) for name, pairs in found.items()},
    )


def exhausting(rested: datetime) -> QuerySet[Match]:
    """Matches that keep their two people from being proposed to each other again; what ended before `rested` does
    not, unless both had accepted.

    Whether both had accepted a match that is closed is known from the audit of its transitions.
    """
    over = Match.objects.filter(status__in=ENDED, ended_at__lte=rested)
    return Match.objects.exclude(id__in=over.filter(~Exists(_accepted_by_both())).values("id"))


def _accepted_by_both() -> QuerySet[AuditLog]:
    history = AuditLog.objects.filter(entity=Match._meta.db_table, entity_id=OuterRef("id"), action="transition")
    return history.filter(data__to=MatchStatus.ACCEPTED_BOTH)


def _sources(rested: datetime) -> dict[str, Source]:
    return {
        "blocked": (Block.objects.all(), "blocker_id", "blocked_id"),
        "met": (exhausting(rested), "user_a_id", "user_b_id"),
        "connected": (Connection.objects.all(), "user_low_id", "user_high_id"),
    }


class _People:
    """Whose pairs are looked for."""

    def __init__(self, ids: list[UUID]) -> None:
        self.these = bulk.any_of(ids)
        self.known = np.array([user_id.bytes for user_id in ids], dtype=copies.UUID_BYTES)
        self.order = np.argsort(self.known)

    def among(self, source: Source) -> Ints:
        """The pairs (m, 2) of a source as positions of these people, each once; who is not of them is passed over."""
        queryset, one, other = source
        inside = queryset.filter(**{f"{side}__in": self.these for side in (one, other)})
        found = copies.rows(inside, {"one": (one, copies.UUID_BYTES), "other": (other, copies.UUID_BYTES)})
        ends = np.stack([self._positions(found[side]) for side in ("one", "other")], axis=1)
        return np.unique(np.sort(ends[(ends >= 0).all(axis=1)], axis=1), axis=0)

    def _positions(self, wanted: NDArray[np.bytes_]) -> Ints:
        """Where each stands, -1 where it does not."""
        if not len(self.known):
            return np.full(len(wanted), -1)
        at = self.order[np.minimum(np.searchsorted(self.known, wanted, sorter=self.order), len(self.known) - 1)]
        return np.where(self.known[at] == wanted, at, -1)
