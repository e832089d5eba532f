"""What a reveal may be written from."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils import translation

from connect.enums import Purpose
from connect.models import Consent, InterestScore, OffLimitsTopic, PreferenceSettings, ValueScore
from connect.queries import languages
from connect.wording import NAMES
from streaks.models import MilestoneReveal
from streaks.writers import phrases
from streaks.writers.base import Facts

TOLD = 3
LIKED = 50
"""From this score on something is told of."""


def of(reveal: MilestoneReveal) -> Facts:
    """The facts of a reveal for its reader. Needs the service role.

    Nothing that a card in discovery shows, for both have seen one. What was asked for matching is told only while the
    other's consent to it lasts, and nothing that either of the two does not want to talk about.
    """
    subject = reveal.streak.other(reveal.user_id)
    language = phrases.known(languages([reveal.user_id])[reveal.user_id])
    words: tuple[str, ...] = ()
    if reveal.number in _ASKED and Consent.objects.allows(subject, Purpose.MATCHING):
        with translation.override(language):
            words = _ASKED[reveal.number](subject, reveal.user_id, language)
    return Facts(reveal.number, language, words)


def _interests(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    unwanted = OffLimitsTopic.objects.filter(user__in=[subject, reader]).values("topic_key")
    liked = InterestScore.objects.filter(user=subject, score__gte=LIKED).exclude(interest_key__in=unwanted)
    return _named(liked.order_by("-score", "interest_key").values_list("interest_key", flat=True)[:TOLD])


def _values(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    held = ValueScore.objects.filter(user=subject, score__gte=LIKED).order_by("-score", "value_key")
    return _named(held.values_list("value_key", flat=True)[:TOLD])


def _touch(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    return _preferred(subject, language, "conversation_depth", "contact_frequency", "response_pace")


def _company(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    return _preferred(subject, language, "group_comfort", "friendship_intention")


def _preferred(subject: UUID, language: str, *names: str) -> tuple[str, ...]:
    kept = PreferenceSettings.objects.filter(user=subject).values_list(*names).first() or ()
    return tuple(phrases.PREFERRED[language][one] for one in kept)


def _named(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(NAMES[key]) for key in keys if key in NAMES)


_ASKED: dict[int, Callable[[UUID, UUID, str], tuple[str, ...]]] = {1: _interests, 2: _values, 3: _touch, 4: _company}
ASKED = tuple(_ASKED)
"""The reveals that are made of what was asked for matching: all but the last."""
