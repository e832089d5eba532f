"""What the keys of `connect.vectors` are called, in the language that is active when one is read."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

VALUES: dict[str, Promise] = {
    "honesty": pgettext_lazy("value", "honesty"),
    "empathy": pgettext_lazy("value", "empathy"),
    "growth": pgettext_lazy("value", "growth"),
    "family": pgettext_lazy("value", "family"),
    "freedom": pgettext_lazy("value", "freedom"),
    "creativity": pgettext_lazy("value", "creativity"),
    "security": pgettext_lazy("value", "security"),
    "adventure": pgettext_lazy("value", "adventure"),
    "spirituality": pgettext_lazy("value", "spirituality"),
    "community": pgettext_lazy("value", "community"),
    "ambition": pgettext_lazy("value", "ambition"),
    "humor": pgettext_lazy("value", "humor"),
}

LIFE_GOALS: dict[str, Promise] = {
    "commitment": pgettext_lazy("life goal", "a lasting bond"),
    "companionship": pgettext_lazy("life goal", "companionship"),
    "shared_activities": pgettext_lazy("life goal", "doing things together"),
    "roots": pgettext_lazy("life goal", "putting down roots"),
    "exploration": pgettext_lazy("life goal", "seeing the world"),
    "purpose": pgettext_lazy("life goal", "a sense of purpose"),
}

TOPICS: dict[str, Promise] = {
    "art": pgettext_lazy("topic", "art"),
    "books": pgettext_lazy("topic", "books"),
    "cooking": pgettext_lazy("topic", "cooking"),
    "dancing": pgettext_lazy("topic", "dancing"),
    "film": pgettext_lazy("topic", "film"),
    "fitness": pgettext_lazy("topic", "fitness"),
    "games": pgettext_lazy("topic", "games"),
    "hiking": pgettext_lazy("topic", "hiking"),
    "meditation": pgettext_lazy("topic", "meditation"),
    "music": pgettext_lazy("topic", "music"),
    "nature": pgettext_lazy("topic", "nature"),
    "photography": pgettext_lazy("topic", "photography"),
    "science": pgettext_lazy("topic", "science"),
    "technology": pgettext_lazy("topic", "technology"),
    "travel": pgettext_lazy("topic", "travel"),
    "volunteering": pgettext_lazy("topic", "volunteering"),
    "politics": pgettext_lazy("topic", "politics"),
    "religion": pgettext_lazy("topic", "religion"),
    "money": pgettext_lazy("topic", "money"),
    "exes": pgettext_lazy("topic", "former partners"),
    "health": pgettext_lazy("topic", "health"),
    "work": pgettext_lazy("topic", "work"),
    "children": pgettext_lazy("topic", "children"),
    "alcohol": pgettext_lazy("topic", "alcohol"),
}

NAMES = VALUES | LIFE_GOALS | TOPICS
"""No key stands for two things."""


# What became of what a person pays: title and message.
CHANGE_NOT_PAID = (gettext_lazy("Not paid"), gettext_lazy("The payment did not go through. Nothing has changed."))
RENEWAL_NOT_PAID = (
    gettext_lazy("Your renewal was not paid"),
    gettext_lazy("You keep your tier for a few days. Please pay until then."),
)
SUBSCRIPTION_ENDED = (gettext_lazy("Your subscription has ended"), gettext_lazy("Your connections stay as they are."))
PAYMENT_REFUNDED = (gettext_lazy("You get your money back"), gettext_lazy("A payment of yours was refunded."))


def named(keys: Iterable[str]) -> str:
    """What these keys are called, with commas between; one that is not known any more is left out."""
    return ", ".join(str(NAMES[key]) for key in keys if key in NAMES)
