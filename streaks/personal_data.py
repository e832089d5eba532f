"""What streaks hold of a person."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from safety.parts import deletes, replaces_in_pair
from safety.personal_data import Erasure, Leaving, Part, register
from streaks import paid_data, ritual_data
from streaks.models import CheckIn, Nudge, Streak

TOGETHER = "so that two people get to know each other day by day"


def _streak(streak: Any, person: UUID) -> dict[str, Any]:
    names = (
        "id",
        "connection_id",
        "status",
        "current_day",
        "cycle",
        "timezone",
        "started_on",
        "completed_at",
        "ended_at",
    )
    return {name: getattr(streak, name) for name in names} | {"broken_by_you": streak.breaker_id == person}


def _nudge(nudge: Any, person: UUID) -> dict[str, Any]:
    names = ("streak_id", "local_date", "number", "sent_at")
    return {"sent_by_you": nudge.sender_id == person} | {name: getattr(nudge, name) for name in names}


def _forget(model: type[Model], leaving: Leaving) -> int:
    """Check-ins are never changed; the one function that may puts the tombstone into them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT streaks_forget_person(%s, %s)", [leaving.person, leaving.tombstone])
        return int(cursor.fetchone()[0])


def declare() -> None:
    register(
        Part(
            Streak,
            "Your streaks",
            TOGETHER,
            replaces_in_pair("user_low", "user_high"),
            belongs=("user_low", "user_high"),
            shown=_streak,
            seen_by="you; the other; moderators",
        ),
        Part(
            CheckIn,
            "The days you checked in on, and how much you gave",
            TOGETHER,
            Erasure("kept for the other without you; deleted when both have left", _forget, last=True),
        ),
        Part(
            Nudge,
            "Reminders you sent and got",
            TOGETHER,
            deletes("sender", "receiver"),
            belongs=("sender", "receiver"),
            shown=_nudge,
            seen_by="you; the other; moderators",
        ),
        *paid_data.parts(),
        *ritual_data.parts(),
    )
