"""Whether there is anything to see in a text."""

import unicodedata


def is_blank(text: str) -> bool:
    """Whether it is nothing but white space, control characters and what has no width of its own."""
    return all(unicodedata.category(char)[0] in "ZC" for char in text)
