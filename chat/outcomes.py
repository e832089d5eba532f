"""What conversations tell of a match, for the engine to be measured by."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Min, QuerySet

from chat.enums import CloseReason
from chat.models import Conversation, Message
from matching.models import Match
from matching.outcomes import HORIZON, Found, Outcome, register

MESSAGES = 20
LASTS = timedelta(days=3)


def talked_long(matches: QuerySet[Match], now: datetime) -> Found:
    """Whether each of the two said MESSAGES or more within HORIZON, with LASTS or more from the first to the last.

    Silent of conversations so old that those of them that ended are deleted by now, and of those that somebody left
    with all they had said.
    """
    youngest, oldest = now - HORIZON, now - settings.RETENTION["conversations"]
    watched = Conversation.objects.filter(match__in=matches, created_at__lte=youngest, created_at__gt=oldest)
    told = watched.exclude(close_reason=CloseReason.ERASED)
    sides = _sides(told)
    return {match: _is_long(sides[conversation]) for conversation, match in told.values_list("id", "match_id")}


def _sides(conversations: QuerySet[Conversation]) -> Mapping[UUID, list[Any]]:
    """By conversation what each of the two said: how much, first and last."""
    said = Message.objects.by_people().filter(
        conversation__in=conversations, sent_at__lte=F("conversation__created_at") + HORIZON
    )
    sides: defaultdict[UUID, list[Any]] = defaultdict(list)
    for side in said.values("conversation_id", "sender_id").annotate(
        said=Count("id"), first=Min("sent_at"), last=Max("sent_at")
    ):
        sides[side["conversation_id"]].append(side)
    return sides


def _is_long(sides: list[Any]) -> bool:
    both = [side for side in sides if side["said"] >= MESSAGES]
    return len(both) == 2 and max(side["last"] for side in both) - min(side["first"] for side in both) >= LASTS


def declare() -> None:
    meaning = f"each said {MESSAGES} things or more over {LASTS.days} days or more, within {HORIZON.days} days"
    register(Outcome("talked_long", meaning, talked_long))
