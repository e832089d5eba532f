"""Which characters are read as which Latin ones: Unicode's own table of confusables, and what it leaves out."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import pairwise

_OURS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue", "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe"}
_OURS |= dict.fromkeys("‘’‚‛′´ʼ＇", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—―−", "-")
# Lower-case letters that Unicode counts as unlike, and that are used for Latin ones all the same.
_OURS |= dict(zip("авгезийкмнопрстухчшщьяієћһ", "abre3uukmhonpctyx4wwbriehh", strict=True))
_OURS |= dict(zip("αβγεηικμνοπρστυχω", "abyenikuvonpotuxw", strict=True))
_OURS |= dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢłøđħŧðƥƙɨ", "abcdefghijklmnoprstuvwyzlodhtdpki", strict=True))
_OURS |= {"ӱ": "ue", "Ӱ": "ue", "…": "...", "·": ".", "•": ".", "∙": ".", "⁄": "/", "№": "no", "€": "€", "£": "£"}
# Two dots, or the two strokes that pass for them, over what is read as one of these.
_DOTS = ("\u0308", "\u030b")
_DOTTED = {"a": "ae", "o": "oe", "u": "ue"}
_LATIN_TO_GREEK_EXTENDED = range(0xC0, 0x2000)
# Letters in circles, squares and flags, which have no look-alike of their own.
_ALPHABETS = [0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6]
_UNSEEN = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, 0x034F, 0x17B4, 0x17B5, *range(0xFE00, 0xFE10)]
_LETTERS = 26


def _latin() -> dict[int, str | None]:
    """By code point: the lower-case ASCII it is read as, None for nothing at all."""
    table: dict[int, str | None] = {ord(char): read for char, read in _confusables()}
    table |= {start + n: chr(ord("a") + n) for start in _ALPHABETS for n in range(_LETTERS)}
    table |= dict.fromkeys(_UNSEEN)
    table |= {point: None for first, last in _format_ranges() for point in range(first, last + 1)}
    table |= {ord(char): read for char, read in _OURS.items()}
    table |= {ord(char): read for char, read in _umlauts(table)}
    return table | {point: table[ord(chr(point).lower())] for point in table if _is_capital_i(chr(point), table)}


def _umlauts(table: Mapping[int, str | None]) -> Iterator[tuple[str, str]]:
    """Letters with two dots, of whatever script, that look like ä, ö or ü."""
    for char in map(chr, _LATIN_TO_GREEK_EXTENDED):
        parts = unicodedata.normalize("NFD", char.lower())
        read = _DOTTED.get(table.get(ord(parts[0])) or parts[0])
        if read and any(mark in _DOTS for mark in parts[1:]):
            yield char, read


def _is_capital_i(char: str, table: Mapping[int, str | None]) -> bool:
    """Unicode has it look like an l; what it is shows in its lower case."""
    small = char.lower()
    return table[ord(char)] == "l" and len(small) == 1 and small != char and ord(small) in table


def _confusables() -> list[tuple[str, str]]:
    """Pairs of a character and the ASCII it looks like, but for those that Unicode itself decomposes to ASCII."""
    raw = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text())
    return [
        (char, like["c"].lower())
        for char, alike in raw.items()
        if len(char) == 1 and not unicodedata.normalize("NFKD", char)[0].isascii()
        for like in alike
        if like["c"].isascii() and like["c"].isalnum()
    ]


def _format_ranges() -> list[tuple[int, int]]:
    """Zero-width, joining and direction characters: all that Unicode calls format characters."""
    points = [point for point in range(0xE0080) if unicodedata.category(chr(point)) == "Cf"]
    starts = [points[0], *(after for before, after in pairwise(points) if after != before + 1)]
    ends = [*(before for before, after in pairwise(points) if after != before + 1), points[-1]]
    return list(zip(starts, ends, strict=True))


LATIN = _latin()
