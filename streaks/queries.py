"""What somebody sees of their streaks: those of connections that stand, as the clock has them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from config.api.pagination import below
from config.errors import NotYours
from config.prepared import Prepared
from matching.enums import ConnectionStatus
from safety.models import apart
from safety.roles import as_service
from streaks.engine import states
from streaks.enums import StreakStatus
from streaks.models import Streak
from streaks.models.streak import StreakQuerySet
from streaks.services import excuses, moves

NEWEST = ("id",)
_STANDING = [ConnectionStatus.ACTIVE, ConnectionStatus.ARCHIVED]


def listed_page(user_id: UUID, after: Sequence[str] | None, limit: int, *, now: datetime) -> list[Streak]:
    """The first of a person's streaks, newest first, that come after a position in this order."""
    with as_service():
        if after is None:
            found = _first_page(limit).all(user_id=user_id)
        else:
            found = _next_page(limit).all(user_id=user_id, id=after[0])
        return _as_of(found, now)


def mine(user_id: UUID, streak_id: UUID, *, now: datetime) -> Streak:
    """One's own streak, over or not. Raises NotYours."""
    with as_service():
        found = _as_of(list(Streak.objects.of(user_id).with_apart().filter(id=streak_id)), now)
    if not found:
        raise NotYours()
    return found[0]


def _as_of(found: list[Streak], now: datetime) -> list[Streak]:
    """What the next rollover will write is what is shown already; and a block has ended whatever it parts."""
    if any(streak.due_at is not None and streak.due_at <= now for streak in found):
        calendar = excuses.known()
        for streak in found:
            for state in states.walk(moves.state_of(streak), calendar.excused_in(streak.timezone), now):
                moves.place(streak, state, now)
    for streak in found:
        if streak.apart:
            streak.status, streak.due_at, streak.breaker = StreakStatus.TERMINATED, None, None
    return found


def _shown(user_id: UUID) -> StreakQuerySet:
    standing = Streak.objects.of(user_id).filter(connection__status__in=_STANDING)
    return standing.filter(~apart("user_low", "user_high")).with_apart()


@cache
def _first_page(limit: int) -> Prepared[Streak]:
    return Prepared(lambda user_id: _shown(user_id).order_by("-id")[:limit])


@cache
def _next_page(limit: int) -> Prepared[Streak]:
    return Prepared(lambda user_id, id: _shown(user_id).filter(below(NEWEST, [id])).order_by("-id")[:limit])
