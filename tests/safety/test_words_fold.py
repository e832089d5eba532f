"""Reading a text through its disguises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.words import fold as fold_module
from safety.words.fold import LONGEST, MOST_READINGS, fold, latin
from safety.words.lexicon import words_in

DISGUISES = {
    "capitals": "WhatsApp",
    "full width": "ｗｈａｔｓａｐｐ",
    "mathematical": "𝔴𝔥𝔞𝔱𝔰𝔞𝔭𝔭",
    "circled": "ⓦⓗⓐⓣⓢⓐⓟⓟ",
    "squared": "🅆🄷🄰🅃🅂🄰🄿🄿",
    "small capitals": "ᴡʜᴀᴛꜱᴀᴘᴘ",
    "Cyrillic": "whаtsарр",
    "Cyrillic lower case": "wнатsaрр",
    "Greek": "whατsαρρ",
    "zero width": "wh\u200bats\u200dap\u2060p",
    "soft hyphen": "whats\u00adapp",
    "direction marks": "\u202ewhatsapp\u202c",
    "accents": "whåtsäpp".replace("ä", "à"),
    "stacked marks": "w\u0336h\u0336a\u0336t\u0336s\u0336a\u0336p\u0336p\u0336",
    "spaced": "w h a t s a p p",
    "dotted": "w.h.a.t.s.a.p.p",
    "mixed separators": "w-h_a.t*s a p p",
    "leetspeak": "wh4t5@pp",
    "repeated": "whaaaatsapp",
    "masked": "wh*tsapp",
    "misspelt": "watsapp",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_each_disguise_is_seen_through(disguise):
    assert "add me on whatsapp please" in fold(f"add me on {DISGUISES[disguise]} please").words.split("\n")


def test_wide_gaps_between_spaced_words_are_word_breaks():
    assert "kill you" in fold("k i l l   y o u").words.split("\n")


def test_dots_within_words_leave_the_spaces_between_them():
    assert "shut up" in fold("s.h.u.t u.p").words.split("\n")


def test_words_spaced_out_alike_are_told_apart():
    assert "i will kill you" in fold("I w i l l k i l l y o u").words.split("\n")


def test_german_letters_are_written_out():
    assert latin("Größe, hässlich, Übel") == "groesse, haesslich, uebel"


def test_typographic_apostrophes_are_plain():
    assert latin("I’m") == "i'm"


@pytest.mark.parametrize("letter", ["ö", "o\u0308", "\u04e7", "\u043e\u0308", "\u0151", "\u022b"])
def test_two_dots_over_what_looks_like_an_o_are_an_oe(letter):
    assert latin(f"T{letter}ten") == "toeten"


@pytest.mark.parametrize("text", ["iwillkillyou", "i willkillyou", "i will killyou", "i will ki l l you"])
def test_words_run_together_or_cut_up_are_read_as_words(text):
    assert "i will kill you" in fold(text).words.split("\n")


@pytest.mark.parametrize("text", ["someone", "the killer", "animal"])
def test_what_is_a_word_is_not_divided(text):
    assert fold(text).words == text


def test_letters_for_digits_are_digits():
    assert "01712345678" in fold("O171 234S678").digits


def test_measures_are_not_digits():
    assert "1000165" not in fold("12345 and 1000lbs").digits


def test_counting_up_or_down_is_no_number():
    assert fold("10 9 8 7 6 5 4 3 2 1 go").digits == "# go"


def test_digits_of_other_scripts_are_digits():
    assert latin("١٦") == "16"


def test_a_plain_text_has_one_reading():
    assert fold("See you at the lake tomorrow").words == "see you at the lake tomorrow"


def test_white_space_is_one_space():
    assert fold("one\n\n two\t three").words == "one two three"


@pytest.mark.parametrize(
    "text",
    [
        "0171 39 200 12",
        "null eins sieben eins drei neun zwei null null eins zwei",
        "zero one seven one, three nine two double zero one two",
        "０１７１ ３９ ２００ １２",
        "0171-39/200.12",
    ],
)
def test_a_number_however_written_is_its_digits(text):
    assert "01713920012" in fold(f"call {text} later").digits


def test_few_numbers_make_no_digits_view():
    assert fold("I have 2 cats and 3 dogs").digits == ""


def test_dates_and_times_are_no_numbers():
    assert "20250745" not in fold("on 12.03.2025 07:45 with 5 friends").digits


def test_what_is_no_word_stays_together():
    assert words_in("xqzyouarefat") == ["xqz", "you", "are", "fat"]


def test_no_letters_are_no_words():
    assert words_in("") == []


def test_what_is_past_the_longest_message_is_not_looked_at():
    assert fold("a" * LONGEST + " whatsapp") == fold("a" * LONGEST)


@given(st.text(max_size=300))
def test_any_text_can_be_read_in_a_bounded_number_of_ways(text):
    assert 1 <= len(fold(text).words.split("\n")) <= MOST_READINGS


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_reading_is_much_longer_than_its_text(text):
    assert all(len(reading) <= 2 * len(latin(text)) for reading in fold(text).words.split("\n"))


@given(st.text(alphabet="аеорсхіѕ𝔞𝟷①ﬁß٣ẞ\u200b\u0301 .-*@$01", max_size=120))
def test_reading_a_text_written_to_confuse_never_fails(text):
    assert fold(text).words.split("\n")[0] == " ".join(latin(text).split())


@pytest.mark.parametrize("text", ["!" * 3990 + ".a", "a!" * 1990 + ".a", "@" * 3990 + " a"])
def test_a_text_made_to_be_slow_is_read_as_any_other(text):
    """Where every start of a run is tried with every end, these take minutes."""
    assert fold(text).words


def unleeted_word_by_word(text):
    """Each word between spaces looked at, whether it has such a sign or not."""
    if not fold_module._SIGN.search(text):
        return []
    tables = (fold_module._AS_I, fold_module._AS_L)
    return [re.sub(r"[^ \n]+", lambda w: fold_module._as_letters(w[0], table), text) for table in tables]  # noqa: B023


@given(st.text(alphabet="abi 0159@$€!|\n\t.-,é", max_size=60) | st.text(max_size=60))
def test_signs_that_stand_for_letters_are_found_in_every_word(text):
    assert list(fold_module._unleeted(text)) == unleeted_word_by_word(text)


@pytest.mark.parametrize("text", ["a" * 3999 + "1", "a" * 4000, "1" * 4000, "a1 " * 1333, "a" * 3990 + " 1"])
def test_a_long_word_is_looked_at_once(text):
    assert list(fold_module._unleeted(text)) == unleeted_word_by_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "I.will.kill.you",
        "I will \U0001f52a kill \U0001f52a you",
        "I\u00adwill\u00adkill\u00adyou",
        "I wiII kiII you",
        "I will k\u0456\u0406\u0406 you",
        "I wi11 ki11 you",
    ],
)
def test_words_come_out_of_what_stands_between_and_for_them(text):
    assert "i will kill you" in fold(text).words.split("\n")
