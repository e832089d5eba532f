"""Live conversations: two who waited in the queue, talking for a set time."""

from collections.abc import Sequence
from datetime import datetime

from chat.enums import Kind
from chat.models import Conversation
from chat.services import openings, windows
from matching.models import Match
from safety.roles import as_service


def open(*, matches: Sequence[Match], now: datetime) -> list[Conversation]:
    """The anonymous conversations of pairs whom the queue brought together, with their gates; moves the matches on.

    Until somebody sees a socket of theirs both are away: who never comes is gone like who leaves.
    """
    planned = windows.times(now)
    begin = {"closes_at": planned[-1][2], "away_a_since": now, "away_b_since": now}
    with as_service():
        opened = openings.open_anonymous(Kind.LIVE, matches=matches, now=now, **begin)
        windows.plan(opened, planned)
    return opened
