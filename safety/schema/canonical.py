"""One spelling for what PostgreSQL writes in two."""

import re

_TEXT_CASTS = re.compile(r"::(character varying|text)(\(\d+\))?(\[\])?")
_NEEDLESS = re.compile(r"\(('[^']*'|ARRAY\[[^][]*\])\)")


def canonical(definition: str) -> str:
    """A definition without casts between kinds of text, and without the parentheses that stood around them.

    `status IN ('a', 'b')` is written back with the casts on the list; once dumped and restored, on each of its items.
    """
    text, shorter = "", _TEXT_CASTS.sub("", definition)
    while shorter != text:
        text, shorter = shorter, _NEEDLESS.sub(r"\1", shorter)
    return text
