"""What is left of a text before it is judged."""

import sys
import unicodedata

import pytest

from chat.services.drafts import clean
from config.errors import Invalid

EVERY = [chr(point) for point in range(sys.maxunicode + 1)]


def is_kept(char):
    return char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}


def test_of_all_characters_control_characters_and_halves_go(settings):
    settings.MESSAGE_LENGTH = len(EVERY)
    assert clean("".join(EVERY)) == "".join(filter(is_kept, EVERY)).strip()


def test_a_text_keeps_its_lines():
    assert clean(" one\r\n\ttwo\x00 ") == "one\n\ttwo"


@pytest.mark.parametrize("text", ["", " \n", "\x07\x1b", "\u200b\u2028", "\x85"])
def test_what_shows_nothing_is_empty(text):
    with pytest.raises(Invalid) as refused:
        clean(text)
    assert refused.value.code == "message_empty"
