"""What somebody sees of their own reveals of a streak."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from config.errors import NotYours
from matching.enums import ENDED_CONNECTION
from safety.roles import as_service
from streaks.enums import MilestoneStatus
from streaks.models import REVEALS, MilestoneReveal, Streak


@dataclass(frozen=True)
class Shown:
    """One reveal as its person sees it; `content` once it is unlocked and as long as the two are together."""

    number: int
    status: str
    content: dict[str, Any] | None = None


def page(user_id: UUID, streak_id: UUID, after: Sequence[str] | None, limit: int) -> list[Shown]:
    """The first of all five, in order, that come after a position. Raises NotYours."""
    first = int(after[0]) + 1 if after else 1
    with as_service():
        streak = Streak.objects.of(user_id).with_apart().select_related("connection").filter(id=streak_id).first()
        if streak is None:
            raise NotYours()
        together = not streak.apart and streak.connection.status not in ENDED_CONNECTION
        own = MilestoneReveal.objects.filter(streak=streak_id, user=user_id).select_related("content")
        found = {reveal.number: reveal for reveal in own}
    numbers = range(first, REVEALS + 1)[:limit]
    return [_shown(number, found.get(number), together) for number in numbers]


def _shown(number: int, reveal: MilestoneReveal | None, together: bool) -> Shown:
    if reveal is None:
        return Shown(number, MilestoneStatus.LOCKED)
    content = getattr(reveal, "content", None)
    readable = together and reveal.status == MilestoneStatus.UNLOCKED
    return Shown(number, reveal.status, content.content if readable and content else None)
