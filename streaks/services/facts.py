"""What a reveal may be written from."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils import translation

from connect.enums import Purpose
from connect.hobby_wording import name_of
from connect.models import Consent, Hobby, InterestScore, OffLimitsTopic, PreferenceSettings, ValueScore
from connect.queries import languages
from connect.wording import NAMES
from connect.writers.leaks import Secrets, leak
from streaks.models import REVEALS, MilestoneReveal
from streaks.writers import phrases
from streaks.writers.base import Facts

TOLD = 3
LIKED = 50
"""From this score on something is told of."""


def of(reveal: MilestoneReveal, secrets: Secrets) -> Facts:
    """The facts of a reveal for its reader. Needs the service role.

    What was asked for matching is told only while the other's consent to it lasts, and nothing that either of the two
    does not want to talk about. What gives somebody away is no fact.
    """
    subject = reveal.streak.other(reveal.user_id)
    language = phrases.known(languages([reveal.user_id])[reveal.user_id])
    if reveal.number == REVEALS:
        return Facts(reveal.number, language)
    if reveal.number == REVEALS - 1:
        return _hobbies(reveal.number, language, subject, secrets)
    words: tuple[str, ...] = ()
    if Consent.objects.allows(subject, Purpose.MATCHING):
        with translation.override(language):
            words = _ASKED[reveal.number](subject, reveal.user_id, language)
    return Facts(reveal.number, language, words)


def _hobbies(number: int, language: str, subject: UUID, secrets: Secrets) -> Facts:
    chosen = list(Hobby.objects.of(subject)[:TOLD])
    said = next((hobby.description for hobby in chosen if hobby.description), "")
    fit = "" if leak(said, secrets) else said
    with translation.override(language):
        return Facts(number, language, tuple(name_of(hobby.option) for hobby in chosen), fit)


def _interests(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    unwanted = OffLimitsTopic.objects.filter(user__in=[subject, reader]).values("topic_key")
    liked = InterestScore.objects.filter(user=subject, score__gte=LIKED).exclude(interest_key__in=unwanted)
    return _named(liked.order_by("-score", "interest_key").values_list("interest_key", flat=True)[:TOLD])


def _values(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    held = ValueScore.objects.filter(user=subject, score__gte=LIKED).order_by("-score", "value_key")
    return _named(held.values_list("value_key", flat=True)[:TOLD])


def _touch(subject: UUID, reader: UUID, language: str) -> tuple[str, ...]:
    likes = PreferenceSettings.objects.filter(user=subject)
    kept = likes.values_list("conversation_depth", "contact_frequency", "response_pace").first() or ()
    return tuple(phrases.TOUCH[language][one] for one in kept)


def _named(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(NAMES[key]) for key in keys if key in NAMES)


_ASKED: dict[int, Callable[[UUID, UUID, str], tuple[str, ...]]] = {1: _interests, 2: _values, 3: _touch}
ASKED = tuple(_ASKED)
"""The reveals that are made of what was asked for matching."""
