"""Live conversations: two who waited in the queue, talking for a set time."""

from datetime import datetime

from chat.enums import Kind
from chat.models import Conversation
from chat.services import conversations, windows
from matching.models import Match
from safety.roles import as_service


def open(*, match: Match, now: datetime) -> Conversation:
    """The anonymous conversation of two whom the queue paired, with its gates; moves the match on.

    Until somebody sees a socket of theirs both are away: who never comes is gone like who leaves.
    """
    planned = windows.times(now)
    with as_service():
        conversation = conversations.open_anonymous(
            Kind.LIVE, match=match, now=now, closes_at=planned[-1][2], away_a_since=now, away_b_since=now
        )
        windows.plan(conversation, planned)
    return conversation
