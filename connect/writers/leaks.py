"""Whether a text gives away what a written one must not: who somebody is, where they are, how to reach them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safety.words.fold import fold, latin

SHORTEST_TOLD_APART = 4
SHORTEST_HIDDEN = 6
"""Letters of a word that is looked for on its own, and of one that is looked for inside of others."""

_TOKEN = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\d")
_HANDLE = re.compile(
    r"@|\w_\w|\b(?:insta\w*|telegram|whats ?app|snap(?:chat)?|tiktok|facebook|discord|threema|skype)\b"
)
_LINK = re.compile(r"https?:|www\.|\w\.[a-z]{2,}|\b(?:dot|punkt) (?:com|de|net|org|io|me)\b")
_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EINER = ("", "ein", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun")
_ZEHNER = ("", "", "zwanzig", "dreissig", "vierzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_TEENS = {18: ("eighteen", "achtzehn"), 19: ("nineteen", "neunzehn")}


@dataclass(frozen=True)
class Secrets:
    """What names a person: their names and nicknames, addresses, places; and how old they are. And what is not to be
    brought up.
    """

    names: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    age: int | None = None
    topics: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, *, name: str, nickname: str, email: str, places: Iterable[str], birth_date: date | None, today: date
    ) -> "Secrets":
        age = birth_date and today.year - birth_date.year - ((today.month, today.day) < birth_date.timetuple()[1:3])
        handles = tuple(filter(None, (nickname, email.partition("@")[0])))
        return cls(tuple(filter(None, (name,))), handles, tuple(filter(None, places)), age or None)


def leak(text: str, secrets: Secrets) -> str | None:
    """What kind of thing the text gives away; None for nothing."""
    plain = latin(text)
    if _NUMBER.search(plain) or fold(text).digits or _says_age(plain, secrets.age):
        return "number"
    if _HANDLE.search(plain):
        return "handle"
    if _LINK.search(plain):
        return "link"
    named = {"name": secrets.names, "handle": secrets.handles, "place": secrets.places, "topic": secrets.topics}
    for kind, known in named.items():
        if any(_names(text, secret, every_word=kind == "name") for secret in known):
            return kind
    return None


def _says_age(plain: str, age: int | None) -> bool:
    words = "".join(_TOKEN.findall(plain))
    return age is not None and any(spelt in words for spelt in _spelt(age))


def _spelt(age: int) -> tuple[str, ...]:
    if not 18 <= age <= 99:
        return ()
    if age in _TEENS:
        return _TEENS[age]
    tens, units = divmod(age, 10)
    german = f"{_EINER[units]}und{_ZEHNER[tens]}" if units else _ZEHNER[tens]
    return _TENS[tens] + _UNITS[units], german


def _names(text: str, secret: str, *, every_word: bool) -> bool:
    """Whether any reading of a text has a secret in it, whole or, where it is telling by itself, a word of it."""
    told = _TOKEN.findall(latin(secret))
    shortest = 2 if every_word else SHORTEST_TOLD_APART
    words = {word for word in told if len(word) >= shortest}
    hidden = {word for word in (*told, "".join(told)) if len(word) >= SHORTEST_HIDDEN}
    for reading in fold(text).squeezed:
        if words.intersection(reading) or any(word in "".join(reading) for word in hidden):
            return True
        if told and f" {' '.join(told)} " in f" {' '.join(reading)} ":
            return True
    return False
