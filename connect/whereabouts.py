"""Whether a text says to the metre where somebody is: coordinates, codes that stand for them, links to maps."""

import re
from unicodedata import normalize

_NUMBER = r"[-+]?\d{1,3}[.,]"
_SIDE = r"\s*°?\s*[nsewo]?"
_BETWEEN = r"\s*[,;/|]?\s*"
# Two digits behind the point are as often a time or a price; three in one of the two are a place.
_PAIR = rf"{_NUMBER}\d{{3,}}{_SIDE}{_BETWEEN}{_NUMBER}\d{{2,}}|{_NUMBER}\d{{2,}}{_SIDE}{_BETWEEN}{_NUMBER}\d{{3,}}"
_PART = r"\s*\d{1,2}(?:[.,]\d+)?\s*"
_DEGREES = rf"\d{{1,3}}(?:[.,]\d+)?\s*°(?:{_PART}['′’])?(?:{_PART}(?:[\"”]|['′’]{{2}}))?\s*[nsewo]\b"
_PLUS_CODE = r"(?<![a-z0-9])[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}(?![a-z0-9])"
_WORDS = r"///\s?\w+\.\w+\.\w+|what3words|\bw3w\b"
_MAP = r"\bmaps?\.\w|\bgoo\.gl/|\.\w+/maps\b|openstreetmap|\bosm\.org|\bwaze\.com|\bgeo:\s?[-+]?\d"
_EXACT = re.compile("|".join(f"(?:{way})" for way in (_PAIR, _DEGREES, _PLUS_CODE, _WORDS, _MAP)), re.IGNORECASE)


def exact(text: str) -> bool:
    """Whether it does, also in full-width digits and with the minus of mathematics."""
    return _EXACT.search(normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")) is not None
