"""What rituals hold of a person."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from safety.parts import deletes
from safety.personal_data import Erasure, Leaving, Part
from streaks.models import DailyPromptAnswer, WeeklyIntent, XpEntry

OWN = "so that you have it to look back on"


def _answer(kept: Any, person: UUID) -> dict[str, Any]:
    asked = {"prompt": kept.prompt.code, "asked": kept.prompt.text_en}
    return asked | {name: getattr(kept, name) for name in ("local_date", "answer", "answered_at")}


def _forget(model: type[Model], leaving: Leaving) -> int:
    """A ledger only grows; the one function that may deletes what is one person's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT streaks_forget_xp(%s)", [leaving.person])
    return 0


def parts() -> list[Part]:
    return [
        Part(
            DailyPromptAnswer,
            "What you answered to the prompts of your days",
            OWN,
            deletes("user"),
            related=("prompt",),
            shown=_answer,
        ),
        Part(WeeklyIntent, "What you meant to do in a week", OWN, deletes("user")),
        Part(
            XpEntry,
            "Points you got, and for what",
            "so that you see what you have done",
            Erasure("deleted", _forget),
            seen_by="you; administrators",
        ),
    ]
