"""The words of matching, in the language that is active when one is read.

The engine gives codes, and codes are what is stored: so a match of last year is told in today's words, and each of
two people reads theirs in their own language.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from connect.wording import named

LABELS: dict[str, Promise] = {
    "strong": pgettext_lazy("label of a score", "strong"),
    "good": pgettext_lazy("label of a score", "good"),
    "mixed": pgettext_lazy("label of a score", "mixed"),
    "low": pgettext_lazy("label of a score", "low"),
}

REASONS: dict[str, Promise] = {
    "astro_whole": gettext_lazy("Your charts harmonise as a whole."),
    "astro_heart": gettext_lazy("Sun and Moon of your charts are at ease with each other."),
    "astro_spark": gettext_lazy("Venus and Mars of your charts are drawn to each other."),
    "astro_different": gettext_lazy("Your charts pull in different directions, which can be worth a conversation."),
    "hd_electromagnetic": gettext_lazy("Your designs complete each other."),
    "hd_companionship": gettext_lazy("Your designs share the same ground."),
    "hd_different": gettext_lazy("Your designs work differently, which can be worth a conversation."),
    "values_shared": gettext_lazy("You both hold dear: {names}."),
    "values_close": gettext_lazy("Your values lie close together."),
    "values_different": gettext_lazy("You hold different things dear, which can be worth a conversation."),
    "communication_compatible": gettext_lazy("You like to talk in compatible ways."),
    "communication_different": gettext_lazy("You like to talk in different ways; say early how it suits you."),
    "interests_shared": gettext_lazy("You both enjoy: {names}."),
    "interests_close": gettext_lazy("Your interests lie close together."),
    "interests_different": gettext_lazy("You enjoy different things, and can show each other something new."),
    "depth_similar": gettext_lazy("You like conversations of similar depth."),
    "depth_different": gettext_lazy("You like conversations of different depth, and can meet in the middle."),
    "availability_overlap": gettext_lazy("You have time at the same hours."),
    "availability_different": gettext_lazy("You have time at different hours; writing does not mind."),
    "readiness_both": gettext_lazy("You are both ready to meet somebody."),
    "readiness_different": gettext_lazy("You can take your time with each other."),
}

PROMPTS: dict[bool, tuple[Promise, ...]] = {
    True: (
        gettext_lazy("You both like {hobby}. What got each of you into it?"),
        gettext_lazy("{hobby}: which moment of it would you like to live through again?"),
        gettext_lazy("{hobby} is something you share. What would you do together first?"),
    ),
    False: (
        gettext_lazy("{hobby} is new to you? Ask what is best about it."),
        gettext_lazy("{hobby}: what would a first try look like?"),
        gettext_lazy("Ask how {hobby} fits into their week."),
    ),
}
"""What two people could talk about, whether they share the hobby or not."""

TRUST: dict[str, Promise] = {
    "reflection_up": gettext_lazy("People liked talking with you."),
    "reflection_down": gettext_lazy("Several people did not enjoy talking with you."),
    "conversation_up": gettext_lazy("Talks of yours led to a connection."),
    "report_confirmed_down": gettext_lazy("A report about you was confirmed."),
    "cooldown_penalty_down": gettext_lazy("You left the queue and joined it again many times."),
    "manual_review_up": gettext_lazy("A moderator raised your score."),
    "manual_review_down": gettext_lazy("A moderator lowered your score."),
}
"""Why somebody is trusted more or less than others, in total and without anybody else in it."""

PROPOSED = (
    gettext_lazy("Somebody new for you"),
    gettext_lazy("See what speaks for the two of you, and decide."),
)
BOTH_ACCEPTED = (
    gettext_lazy("You both said yes"),
    gettext_lazy("Your conversation is open. Nobody sees who you are until you both want it."),
)
CONNECTED = (
    gettext_lazy("The interest is mutual"),
    gettext_lazy("You are connected. Check in together day by day; what you see of each other grows with it."),
)
SCHEDULED = (
    gettext_lazy("A time to talk"),
    gettext_lazy("Somebody you are connected with has noted when you could talk."),
)
SOON = (gettext_lazy("Time to talk"), gettext_lazy("You meant to talk to each other now."))
QUIET = (
    gettext_lazy("It has become quiet"),
    gettext_lazy("You two have not written for a while. A few words are enough to go on."),
)
"""Title and message of a notification."""


def reasons(stored: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Reasons as people read them; one whose code is not known (any more, or yet) is left out."""
    return [{"code": each["code"], "text": _told(**each)} for each in stored if each["code"] in REASONS]


def trust(code: str) -> str:
    """A reason for one's own score."""
    return str(TRUST[code])


def label(code: str | None) -> str | None:
    """The word for a score; None where there is none."""
    return str(LABELS[code]) if code in LABELS else None


def prompt(number: int, hobby: str, *, shared: bool) -> str:
    """A question about a hobby; another for each number, until they begin again."""
    asked = PROMPTS[shared]
    return str(asked[number % len(asked)]).format(hobby=hobby)


def _told(code: str, params: Mapping[str, list[str]], **unread: Any) -> str:
    """The words of a reason, whatever else an old row holds; what is not called anything any more is not named."""
    names = named(params.get("names", []))
    return str(REASONS[code if names else code.replace("_shared", "_close")]).format(names=names)
