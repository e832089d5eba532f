"""What chat does when an app below it tells of a change, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from chat.enums import CloseReason
from chat.services import conversations, live, openings, pairings
from config import hints
from matching.enums import Origin, Pathway
from matching.models import Connection, Match
from matching.signals import (
    connection_ended,
    connection_formed,
    match_closed,
    matches_accepted,
    matches_closing,
    session_seen,
)
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from safety.services.actions import Standing
from safety.signals import access_changed, user_blocked

REASON_BY_SOURCE = {
    BlockSource.MANUAL: CloseReason.BLOCKED,
    BlockSource.PANIC_EXIT: CloseReason.PANIC_EXIT,
    BlockSource.REPORT: CloseReason.BLOCKED,
    BlockSource.MODERATION_ACTION: CloseReason.MODERATION,
}


@receiver(matches_accepted)
def open_conversations(matches: Sequence[Match], now: datetime, **kwargs: Any) -> None:
    opened = live.open if matches[0].pathway == Pathway.LIVE else openings.open_blind
    opened(matches=matches, now=now)


@receiver(session_seen)
def see(match_id: UUID, by: UUID, now: datetime, **kwargs: Any) -> None:
    pairings.see_in_session(match_id=match_id, by=by, now=now)


@receiver(connection_formed)
def open_with_connection(connection: Connection, now: datetime, **kwargs: Any) -> None:
    """Who met by a match talks already."""
    if connection.origin == Origin.DISCOVERY:
        openings.open_locked(connection=connection, now=now)
    elif connection.origin == Origin.FACE:
        openings.open_direct(connection=connection, now=now)


@receiver(matches_closing)
def catch_up(first: UUID, second: UUID, now: datetime, **kwargs: Any) -> None:
    conversations.catch_up_between(first=first, second=second, now=now)


@receiver(match_closed)
def close_with_match(match: Match, now: datetime, **kwargs: Any) -> None:
    _close_between(match.user_a_id, match.user_b_id, now)


@receiver(connection_ended)
def close_with_connection(connection: Connection, now: datetime, **kwargs: Any) -> None:
    _close_between(connection.user_low_id, connection.user_high_id, now)


@receiver(user_blocked)
def close_with_block(blocker_id: UUID, blocked_id: UUID, now: datetime, **kwargs: Any) -> None:
    _close_between(blocker_id, blocked_id, now)


@receiver(access_changed)
def close_of_banned(standing: Standing, **kwargs: Any) -> None:
    """Only a hint: closing takes the other people's rows too, in an order that the one who bans cannot keep."""
    if standing.banned:
        hints.after_commit("chat.tasks.close_banned")


def _close_between(first: UUID, second: UUID, now: datetime) -> None:
    """A match and a connection also end because of a block; that is the reason then, whoever hears first.

    Whom the block was made against is left behind like anybody else, or they could tell.
    """
    with as_service():
        newest = Block.objects.between(first, second).order_by("-id").first()
    reason = REASON_BY_SOURCE[BlockSource(newest.source)] if newest else CloseReason.USER_END
    leaver = newest.blocker_id if newest else None
    conversations.close_between(first=first, second=second, reason=reason, now=now, leaver=leaver)
