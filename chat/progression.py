"""How far two people have come with each other, and which prompts that brings."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils.crypto import salted_hmac

from chat.enums import Stage
from chat.models import Prompt

STEPS = (
    (Stage.DEEP, 40, timedelta(minutes=15)),
    (Stage.PERSONAL, 12, timedelta(minutes=5)),
)
"""From how many messages, over how long, each stage begins: many words in a minute bring nobody closer, nor do two in a
week."""
COUNTED = STEPS[0][1]
"""Of more messages no stage asks."""


def reached(said: int, talked: timedelta) -> Stage:
    """The stage of two who said so many things to each other, with so long from the first to the last."""
    return next((stage for stage, words, time in STEPS if said >= words and talked >= time), Stage.LIGHT)


def chosen(prompts: Iterable[Prompt], *, place: UUID, number: int) -> list[Prompt]:
    """So many of the prompts, the same at every look and others in every place.

    The order is keyed: nobody can tell from what is there what was left out, and so what is off the other's limits.
    """
    return sorted(prompts, key=lambda prompt: _rank(place, prompt.code))[:number]


def _rank(place: UUID, code: str) -> bytes:
    return salted_hmac("chat.prompts", f"{place}:{code}", algorithm="sha256").digest()
