"""One text seen without its disguises, in the views that rules match on.

`words` holds the readings of the text, one a line: folded to plain lower-case Latin, and, only where the text has
them, letters that were spaced out put together, digits that stand for letters read as those, repeated letters
shortened, masked or misspelt words of the vocabulary written out. `squeezed` holds the bare words of each reading, to
be matched without the spaces between them. `digits` has numbers written as digits without what separates them, and is
empty for a text with few of them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import re2
from rapidfuzz.distance import OSA

from safety.words.characters import LATIN
from safety.words.lexicon import KNOWN, NUMBERS, VOCABULARY, words_in

LONGEST = 4000
"""Characters of a text that are looked at; no message is longer."""
MOST_READINGS = 12
FEWEST_NUMBERS = 5
SHORTEST_MISSPELT = 7
SHORTEST_LOOKED_UP = 3
SHORTEST_MEAN = 2.5
"""Letters a word, on average, of what is words."""

_TOKEN = re.compile(r"[a-z0-9]+")
# One letter as it was written: an umlaut is two by now.
_ONE = r"(?:[aou]e|ss|[a-z0-9])"
_SPACED = re.compile(rf"(?<![a-z0-9])(?:{_ONE}(?:[ \t]{{1,16}}|[ \t]?[._\-*|/,~+][ \t]?)){{2,}}{_ONE}(?![a-z0-9])")
_NARROW = re.compile(rf"(?<![a-z0-9])(?:{_ONE}(?:[ \t]|[ \t]?[._\-*|/,~+][ \t]?)){{2,}}{_ONE}(?![a-z0-9])")
_DOTTED = re.compile(rf"(?<![a-z0-9])(?:{_ONE}[._\-*|/,~+]){{2,}}{_ONE}(?![a-z0-9])")
# Pieces of words about a letter that is no word: `ki l l you`.
_PIECES = re.compile(
    r"(?<![a-z0-9'])(?:[a-z]{1,7} )?(?:[a-z]{1,3} ){0,6}[b-hj-tv-z](?: [a-z]{1,3}){0,6}(?: [a-z]{1,7})?(?![a-z0-9'])"
)
_LONE = re.compile(r"(?<![^ ])[b-hj-tv-z](?![^ ])")
# Known words run together: three of them, or two when one is what people hide.
_GLUED = re2.compile(
    r"\b(?:(?:{known}){{3,}}|(?:{known})+(?:{hidden})(?:{known})*|(?:{hidden})(?:{known})+)\b".format(
        known="|".join(sorted(KNOWN)), hidden="|".join(VOCABULARY)
    )
)
_BETWEEN = re.compile(r"[^a-z0-9]+")
# Of a word between spaces that has what may stand for a letter, its runs of letters and of such: each looked at once,
# whatever is written.
_CHUNK = re.compile(r"(?<![^ \n])[^ \n0-9@$€!|]*[0-9@$€!|][^ \n]*")
_RUN = re.compile(r"[a-z0-9@$€!|]+")
_SIGN = re.compile(r"[0-9@$€!|]")
_LETTER = re.compile(r"[a-z]")
_UNIT = re.compile(r"\d+[a-z]{1,3}|[a-z]\d+|\d+")
_CAPITAL_I = re.compile(r"(?<=[a-zі])[IІ]+")
# What stands between words where a space should: full stops without one, and signs that are no letters at all.
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])[._\-*|/,~+]+(?=[a-z0-9])|[^\x00-\x7f]+")
# A 1 for the first letter of what somebody says of themselves, where it would pass for a number or a measure.
_FIRST_PERSON = re.compile(
    r"(?<![^\s.,;:!?(\"'])[1|](?=ch\b|[ ]?'|(?:ll|ve|m) [a-z]| (?:will|am|wanna|gonna|swear|want|hope|know|can|could"
    r"|would|should|might|hate|wish|find|kill|have|just|really|promise|hab|habe|werde|bring|bringe|weiss|komm|mach)\b)"
)
_AS_I = str.maketrans("013457@$€!|", "oieasta" + "seil")
_AS_L = str.maketrans("013457@$€!|", "oleasta" + "seil")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_MASKED = re.compile(r"(?<![a-z*#])[a-z]{1,10}[*#]{1,6}[a-z*#]{0,10}")
_DATE_OR_TIME = re.compile(
    r"\b\d{1,2}\.\d{1,2}\.(?:19|20)?\d\d\b|\b\d{1,2}:\d\d\b|\b(?:19|20)\d\d\b ?[-/] ?(?:19|20)\d\d\b"
)
_NUMBER_WORD = re.compile(r"\b(?:(double|triple|doppel|dreimal) ?)?(" + "|".join(NUMBERS) + r"|\d)\b")
_NUMBERS_GLUED = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]{10})(?:" + "|".join(NUMBERS) + r"|\d){3,}(?![a-z0-9])")
# Letters for digits, in what has digits and is not a measure: `O171 234S678`.
_DIGIT = re.compile(r"\d")
_AS_DIGITS = re.compile(r"(?<![a-z0-9])[oilsbz]*\d[0-9oilsbz]*(?![a-z0-9])")
_A_NUMBER = re.compile("|".join(sorted(NUMBERS, key=len, reverse=True)) + r"|\d")
_MEASURE = re.compile(r"\d+(?:s|l|lbs?|oz)?")
_DIGIT_LOOKS = str.maketrans("oilsbz", "011582")
_COUNTING = re.compile(r"(?<!\d)(?:(?:1211)?(?:10)?98765432(?:10?)?|0?123456789(?:10)?(?:1112)?)(?!\d)")
_SEPARATED = re.compile(r"(?<=\d)[\s.\-/()_,|~]{1,3}(?=\d)")
_TIMES = {"": 1, "double": 2, "doppel": 2, "triple": 3, "dreimal": 3}


@dataclass(frozen=True, slots=True)
class Views:
    """One text in each of its views."""

    words: str
    squeezed: tuple[tuple[str, ...], ...]
    digits: str


def fold(text: str) -> Views:
    """The views of a text; what is past `LONGEST` characters is not looked at."""
    found = _readings(latin(text[:LONGEST])[:LONGEST], _apart(text[:LONGEST]))
    tokens = tuple(tuple(_TOKEN.findall(reading)) for reading in found)
    return Views("\n".join(found), tokens, _digits(found[0], tokens[0]))


def latin(text: str) -> str:
    """Lower-case text with look-alikes as the Latin letters they look like, nothing invisible, ä as ae, ß as ss."""
    text = _CAPITAL_I.sub(lambda run: "l" * len(run[0]), text)
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text.translate(LATIN)).casefold().translate(LATIN)
    if composed.isascii():
        return composed
    bare = "".join(c for c in unicodedata.normalize("NFD", composed) if unicodedata.category(c) not in {"Mn", "Cf"})
    return "".join(_as_digit(c) for c in bare.translate(LATIN))


def _as_digit(char: str) -> str:
    """Digits of other scripts as ours."""
    return char if char.isascii() or not char.isdecimal() else str(unicodedata.decimal(char))


def _apart(text: str) -> str:
    """The text with what is invisible read as a space, where that leaves words and not single letters; else nothing."""
    if text.isascii():
        return ""
    words = "".join(" " if unicodedata.category(c) == "Cf" else c for c in text).split()
    if len(words) == len(text.split()) or sum(map(len, words)) < SHORTEST_MEAN * len(words):
        return ""
    return latin(" ".join(words))[:LONGEST]


def _readings(plain: str, apart: str) -> list[str]:
    """The text and what else it can be read as, each once."""
    found = dict.fromkeys([plain, apart] if apart else [plain])
    for read in _WAYS:
        for reading in list(found)[:MOST_READINGS]:
            found.update(dict.fromkeys(read(reading)))
    return list(dict.fromkeys(" ".join(reading.split()) for reading in found))[:MOST_READINGS]


def _separated(text: str) -> Iterable[str]:
    """`i.will.find.you`, and words with pictures between them."""
    if _BETWEEN_WORDS.search(text):
        yield _BETWEEN_WORDS.sub(" ", text)


def _joined(text: str) -> Iterable[str]:
    """`w h a t s a p p`, `n.u.d.e.s`, `k i l l   y o u`, `s.h.u.t u.p`: narrow gaps within words first."""
    if _SPACED.search(text):
        for run in (_DOTTED, _NARROW, _SPACED):
            yield run.sub(lambda spelt: _BETWEEN.sub("", spelt[0]), text)
        yield _SPACED.sub(lambda spelt: " ".join(words_in(_BETWEEN.sub("", spelt[0]))), text)


def _pieced(text: str) -> Iterable[str]:
    """`ki l l you`, `mu r d er`: the words that the pieces make."""
    if _LONE.search(text):
        yield _PIECES.sub(lambda run: " ".join(words_in(run[0].replace(" ", ""))), text)


def _unglued(text: str) -> Iterable[str]:
    """`iwillkillyou`, `bringdichum`: one word for each that is known."""
    if _GLUED.search(text):
        yield _GLUED.sub(lambda glued: _as_words(glued[0]), text)


def _as_words(glued: str) -> str:
    """The words in it; `killer` and `someone`, which are short or fall into snippets, stay as they are."""
    words = words_in(glued)
    return " ".join(words) if len(glued) >= SHORTEST_MISSPELT and len(glued) >= SHORTEST_MEAN * len(words) else glued


def _unleeted(text: str) -> Iterable[str]:
    """`wh4ts@pp`, `1 will`; a 1 is an i or an l. Measures and ages stay as they are."""
    if _SIGN.search(text):
        text = _FIRST_PERSON.sub("i", text)
        for table in (_AS_I, _AS_L):
            yield _CHUNK.sub(lambda chunk: _as_letters(chunk[0], table), text)  # noqa: B023


def _as_letters(chunk: str, table: dict[int, int]) -> str:
    return _RUN.sub(lambda run: _as_word(run[0], table), chunk) if _LETTER.search(chunk) else chunk


def _as_word(run: str, table: dict[int, int]) -> str:
    """What ends it may be an exclamation."""
    body = run.rstrip("!|")
    plain = _UNIT.fullmatch(body) or not _SIGN.search(body)
    return run if plain else body.translate(table) + run[len(body) :]


def _shortened(text: str) -> Iterable[str]:
    """`loooser`, `kiilll`: with one letter and with two."""
    if _REPEATED.search(text):
        yield _REPEATED.sub(r"\1", text)
        yield _REPEATED.sub(r"\1\1", text)


def _unmasked(text: str) -> Iterable[str]:
    """`f*ck`, `b**ch`: the vocabulary's only word that fits."""
    if "*" in text or "#" in text:
        yield _MASKED.sub(lambda word: _behind(word[0]) or word[0], text)


def _corrected(text: str) -> Iterable[str]:
    """`watsapp`, `telegramm`: long words of the vocabulary with one slip."""
    slips = {word: right for word in _TOKEN.findall(text) if len(word) >= SHORTEST_MISSPELT and (right := _meant(word))}
    if slips:
        yield _TOKEN.sub(lambda word: slips.get(word[0], word[0]), text)


_WAYS: list[Callable[[str], Iterable[str]]] = [
    _separated,
    _joined,
    _pieced,
    _unleeted,
    _unmasked,
    _shortened,
    _unglued,
    _corrected,
]


def _behind(masked: str) -> str:
    shape = re.compile("".join("[a-z]" if c in "*#" else c for c in masked))
    return next((word for word in VOCABULARY if shape.fullmatch(word)), "")


def _meant(word: str) -> str:
    """The word of the vocabulary this one misspells; empty for others, and for one spelt right."""
    alike = _by_initial().get(word[0], ())
    if word in alike:
        return ""
    near = (known for known in alike if abs(len(known) - len(word)) <= 1)
    return next((known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1), "")


@cache
def _by_initial() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in VOCABULARY:
        if len(word) >= SHORTEST_MISSPELT:
            found.setdefault(word[0], []).append(word)
    return {initial: tuple(words) for initial, words in found.items()}


def _digits(plain: str, tokens: tuple[str, ...]) -> str:
    if not _DIGIT.search(plain) and NUMBERS.keys().isdisjoint(tokens) and not _NUMBERS_GLUED.search(plain):
        return ""
    told = _AS_DIGITS.sub(lambda word: _looked_up(word[0]), plain)
    told = _NUMBERS_GLUED.sub(lambda glued: " ".join(_A_NUMBER.findall(glued[0])), told)
    tokens = tokens if told == plain else tuple(_TOKEN.findall(told))
    if sum(len(token) if token.isdigit() else token in NUMBERS for token in tokens) < FEWEST_NUMBERS:
        return ""
    undated = _DATE_OR_TIME.sub("#", told)
    spelt = _NUMBER_WORD.sub(lambda n: NUMBERS.get(n[2], n[2]) * _TIMES[n[1] or ""], undated)
    return _COUNTING.sub("#", _SEPARATED.sub("", spelt))


def _looked_up(word: str) -> str:
    """Digits for the letters of a word that is at least half digits."""
    mostly = 2 * sum(map(str.isdigit, word)) >= max(len(word), SHORTEST_LOOKED_UP)
    return word.translate(_DIGIT_LOOKS) if mostly and not _MEASURE.fullmatch(word) else word
