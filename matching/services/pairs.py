"""Pairs that must not be proposed whatever their scores, out of the database in three queries.

- blocked: either blocked the other.
- met: they were matched before. A pair that ended before both had accepted (declined, expired, or closed because
  one of them left) rests for DECLINE_REST; one that is open or that both accepted is exhausted for good.
- connected: they are or were connected, whatever brought them together: they know each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from matching.engine.filters import Block
from matching.enums import ENDED, MatchStatus
from matching.models import Connection, Match
from safety.models import AuditLog
from safety.models import Block as BlockRow


@dataclass(frozen=True)
class Excluded:
    """Ordered pairs of indices (m, 2), both ways, sorted; `reasons` says how many each rule gave."""

    pairs: NDArray[np.int64]
    reasons: dict[str, int]

    def clear(self, block: Block, rows: slice) -> None:
        """Take the pairs out of a block whose rows are these people."""
        first, last = np.searchsorted(self.pairs[:, 0], [rows.start, rows.stop])
        within = self.pairs[first:last]
        block[within[:, 0] - rows.start, within[:, 1]] = False


def excluded(ids: list[UUID], *, now: datetime) -> Excluded:
    """Among these people, in this order. Needs the service role."""
    numbers = {user_id: i for i, user_id in enumerate(ids)}
    found = {name: _numbered(rows, numbers) for name, rows in _sources(now).items()}
    both_ways = {pair for pairs in found.values() for a, b in pairs for pair in ((a, b), (b, a))}
    return Excluded(
        pairs=np.array(sorted(both_ways), dtype=np.int64).reshape(-1, 2),
        reasons={name: 2 * len(pairs) for name, pairs in found.items()},
    )


def exhausting(now: datetime) -> QuerySet[Match]:
    """Matches that keep their two people from being proposed to each other again.

    Whether both had accepted a match that is closed is known from the audit of its transitions.
    """
    rested = Match.objects.filter(status__in=ENDED, ended_at__lte=now - settings.DECLINE_REST)
    return Match.objects.exclude(id__in=rested.filter(~Exists(_accepted_by_both())).values("id"))


def _accepted_by_both() -> QuerySet[AuditLog]:
    history = AuditLog.objects.filter(entity=Match._meta.db_table, entity_id=OuterRef("id"), action="transition")
    return history.filter(data__to=MatchStatus.ACCEPTED_BOTH)


def _sources(now: datetime) -> dict[str, Iterable[tuple[UUID, UUID]]]:
    return {
        "blocked": BlockRow.objects.values_list("blocker_id", "blocked_id").iterator(),
        "met": exhausting(now).values_list("user_a_id", "user_b_id").iterator(),
        "connected": Connection.objects.values_list("user_low_id", "user_high_id").iterator(),
    }


def _numbered(rows: Iterable[tuple[UUID, UUID]], numbers: dict[UUID, int]) -> set[tuple[int, int]]:
    inside = ((numbers.get(one), numbers.get(other)) for one, other in rows)
    return {(min(a, b), max(a, b)) for a, b in inside if a is not None and b is not None}
