"""Telling that two texts are nearly the same from numbers that say nothing else about them.

MinHash: every word has sixteen keyed numbers, and a text keeps the smallest of each. Two texts agree in one of them
as often as their words overlap, so a changed name changes few; an emoji is no word at all. Each two neighbours make a
band, and texts that share a band are alike. That needs no list of all pairs: equal bands are found by an index.
"""

import hashlib
import re
import struct
from uuid import UUID

from safety.crypto import keyed_hash
from safety.words.fold import latin

FEWEST_WORDS = 3
"""Shorter texts are greetings that everybody uses."""

_WORD = re.compile(r"\w+")
_NUMBERS = struct.Struct(">16I")


def bands(text: str, *, author: UUID) -> list[int]:
    """Eight numbers (signed, 64 bits) of a text of one author; none for a text of too few words."""
    words = set(_WORD.findall(latin(text)))
    if len(words) < FEWEST_WORDS:
        return []
    key = bytes.fromhex(keyed_hash(author.bytes, "likeness"))
    smallest = [min(row) for row in zip(*(_numbers(word, key) for word in words), strict=True)]
    pairs = zip(smallest[::2], smallest[1::2], strict=True)
    return [int.from_bytes(struct.pack(">2I", *pair), signed=True) for pair in pairs]


def _numbers(word: str, key: bytes) -> tuple[int, ...]:
    return _NUMBERS.unpack(hashlib.blake2b(word.encode(), key=key, digest_size=_NUMBERS.size).digest())
