"""What two people have in common, as far as each may know it of the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import translation

from chat.models import Conversation
from chat.writers import phrases
from connect.enums import Purpose
from connect.hobby_wording import name_of
from connect.models import Consent, Hobby, InterestScore, OffLimitsTopic, Profile
from connect.queries import languages
from connect.wording import NAMES
from connect.writers.leaks import Secrets
from connect.writers.secrets import secrets_of

TOLD = 3
LIKED = 50
"""From this score on something is of interest to somebody."""


@dataclass(frozen=True)
class Common:
    """What an icebreaker may be written from, in its language, and what must not be in it: who the two are, and what
    one of them does not want to talk about.
    """

    language: str
    words: tuple[str, ...]
    secrets: tuple[Secrets, ...]


def of(conversation: Conversation, today: date) -> Common:
    """Hobbies of both, and interests of both while both let these be used; nothing off the limits of either. Needs the
    service role.
    """
    two = (conversation.user_a_id, conversation.user_b_id)
    language = _language(two)
    unwanted = set(OffLimitsTopic.objects.filter(user__in=two).values_list("topic_key", flat=True))
    with translation.override(language):
        found = dict.fromkeys((*_hobbies(two, unwanted), *_interests(two, unwanted)))
        kept_out = Secrets(topics=tuple(sorted(str(NAMES[key]) for key in unwanted if key in NAMES)))
    return Common(language, tuple(found)[:TOLD], (kept_out, *(secrets_of(person, today) for person in two)))


def _language(two: tuple[UUID, UUID]) -> str:
    """One that both read best, else one that both speak, else English."""
    read = set(languages(two).values())
    spoken = [set(row) for row in Profile.objects.filter(user__in=two).values_list("languages", flat=True)]
    if len(read) == 1:
        return phrases.known(read.pop())
    both = set.intersection(*spoken) if len(spoken) == len(two) else set()
    return next((language for language in phrases.LANGUAGES if language in both), phrases.ENGLISH)


def _hobbies(two: tuple[UUID, UUID], unwanted: set[str]) -> list[str]:
    first, second = ({hobby.option.code: hobby.option for hobby in Hobby.objects.of(person)} for person in two)
    return [name_of(first[code]) for code in _shared(first, second, unwanted)]


def _interests(two: tuple[UUID, UUID], unwanted: set[str]) -> list[str]:
    if not all(Consent.objects.allows(person, Purpose.MATCHING) for person in two):
        return []
    liked = InterestScore.objects.filter(score__gte=LIKED)
    first, second = (liked.filter(user=person).values_list("interest_key", flat=True) for person in two)
    return [str(NAMES[key]) for key in _shared(first, second, unwanted) if key in NAMES]


def _shared(first: Iterable[str], second: Iterable[str], unwanted: set[str]) -> list[str]:
    return sorted(set(first) & set(second) - unwanted)
