"""Words that rules name together, so that a pattern says `{app}` instead of every messenger there is."""

import re
import tomllib
from pathlib import Path

DATA = Path(__file__).parent / "data"
_RAW = tomllib.loads((DATA / "lexicon.toml").read_text(encoding="utf-8"))

NUMBERS: dict[str, str] = _RAW["numbers"]
"""Number words and their digits, English and German."""
VOCABULARY: tuple[str, ...] = tuple(_RAW["vocabulary"]["words"])
"""Words people mask and misspell to get past rules."""
KNOWN: frozenset[str] = frozenset((*VOCABULARY, *NUMBERS, *_RAW["vocabulary"]["common"]))
"""Words that letters run together are divided into."""
_LONGEST_KNOWN = max(map(len, KNOWN))
SETS: dict[str, str] = {name: "(?:" + "|".join(words) + ")" for name, words in _RAW["sets"].items()}
SETS["gap"] = "[^.!?\\n]*"
SETS["start"] = "(?m:^)[^a-z0-9\\n]*"
SETS["end"] = "[^a-z0-9\\n]*(?m:$)"

_NAME = re.compile(r"\{([a-z_]+)\}")


class UnknownSet(ValueError):
    """A pattern names a set that there is not."""


def expand(pattern: str) -> str:
    """A pattern with the sets it names written out, sets within sets too. Raises UnknownSet."""
    for _ in range(3):
        pattern = _NAME.sub(lambda found: _set(found[1]), pattern)
    return pattern


def words_in(letters: str) -> list[str]:
    """Letters run together as the fewest words: `youareugly` as you, are, ugly. What is no word stays together."""
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(letters) + 1):
        unknown = (best[end - 1][0] + 3, end - 1)
        starts = range(max(0, end - _LONGEST_KNOWN), end)
        known = ((best[start][0] + 2, start) for start in starts if letters[start:end] in KNOWN)
        best.append(min([unknown, *known]))
    return _pieces(letters, best)


def _pieces(letters: str, best: list[tuple[int, int]]) -> list[str]:
    found: list[str] = []
    end, loose = len(letters), len(letters)
    while end:
        start = best[end][1]
        if letters[start:end] in KNOWN:
            found += [letters[end:loose]] if loose > end else []
            found.append(letters[start:end])
            loose = start
        end = start
    return [*([letters[:loose]] if loose else []), *reversed(found)]


def _set(name: str) -> str:
    if name not in SETS:
        raise UnknownSet(f"There is no set {{{name}}}; there are {', '.join(sorted(SETS))}.")
    return SETS[name]
