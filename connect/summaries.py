"""A few careful sentences about somebody out of the numbers of their personality, for their partner alone.

No label, no number, and nothing that could be held against them; written when it is asked for, and kept nowhere.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from connect.personality import DIMENSIONS, SHIPPED

SENTENCES: dict[str, dict[str, Any]] = SHIPPED["sentences"]
# Scores beyond these are told as a leaning, between them as neither.
LOW, HIGH = 35, 65
# Less than this says too little to be told: with these scales, two of four answers or more.
SURE_ENOUGH = 0.48
# Fewer dimensions would tell the answers themselves rather than something about a person.
FEWEST = 3


def write(*, scores: Mapping[str, float], confidence: Mapping[str, float], language: str) -> str:
    """The summary in one of our languages; empty where too little was answered to say anything."""
    told = [name for name in DIMENSIONS if confidence.get(name, 0) >= SURE_ENOUGH]
    if len(told) < FEWEST:
        return ""
    words = SENTENCES.get(language, SENTENCES[settings.LANGUAGE_CODE])
    return " ".join([words["open"], *(words[name][_leaning(scores[name])] for name in told), words["close"]])


def _leaning(score: float) -> str:
    if score > HIGH:
        return "high"
    return "low" if score < LOW else "middle"
