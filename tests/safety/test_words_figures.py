"""What the shipped rules find in labelled texts: floors, and disguises that hide nothing.

The floors stand a little below what the rules reach, so that a change that costs recall is seen.
"""

import statistics
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.words.figures import BENIGN, Figures, Labelled, measure, read
from safety.words.matcher import Matcher
from safety.words.rules import Label, shipped

HERE = Path(__file__).parent
FILES = {"dev": read(HERE / "moderation_dev.csv"), "fresh": read(HERE / "words_fresh.csv")}
FLOORS = dict.fromkeys(Label, 0.85) | {Label.SPAM_OPENER: 0.7}
MOST_FALSE_ALARMS = 0.05
FOLDS = 5
MATCHER = Matcher(shipped())


def of(file, label):
    return [one for one in FILES[file] if one.label == label]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("label", Label)
def test_what_is_harmful_is_acted_on(file, label):
    assert measure(MATCHER, of(file, label))[label].detected >= FLOORS[label]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("label", Label)
def test_what_is_harmful_is_named(file, label):
    assert measure(MATCHER, of(file, label))[label].named >= FLOORS[label] - 0.1


@pytest.mark.parametrize("file", FILES)
def test_what_is_benign_is_let_through(file):
    assert measure(MATCHER, of(file, BENIGN))[BENIGN].detected <= MOST_FALSE_ALARMS


@pytest.mark.parametrize("file", FILES)
def test_no_part_of_the_texts_is_far_from_the_others(file):
    found = [
        statistics.mean(not MATCHER.judge(one.text).allowed for one in FILES[file] if harmful_in(one, part))
        for part in range(FOLDS)
    ]
    assert statistics.mean(found) - statistics.pstdev(found) >= 0.85


def harmful_in(one, part):
    return one.label != BENIGN and one.fold_of(FOLDS) == part


def test_figures_count_what_was_acted_on_and_what_was_named():
    texts = [Labelled("1", "threat", "I will kill you"), Labelled("2", "threat", "nice weather")]
    assert measure(MATCHER, texts) == {"threat": Figures(2, 1, 1)}


FULL_WIDTH = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
CYRILLIC = str.maketrans("aeopcxsi", "аеорсхѕі")
DISGUISES = {
    "upper": str.upper,
    "wide": lambda text: text.translate(FULL_WIDTH),
    "cyrillic": lambda text: text.translate(CYRILLIC),
    "unseen": "\u200b".join,
    "joined": "\u2060".join,
    "spaces": lambda text: text.replace(" ", "  \t"),
    "marks": lambda text: "".join(c + "\u0336" if c.isalpha() else c for c in text),
}
PLAIN = [
    one
    for file in FILES.values()
    for one in file
    if one.label != BENIGN and one.text.isascii() and not MATCHER.judge(one.text).allowed
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAIN), st.lists(st.sampled_from(sorted(DISGUISES)), min_size=1, max_size=3, unique=True))
def test_a_disguise_hides_nothing(one, disguises):
    text = one.text
    for disguise in disguises:
        text = DISGUISES[disguise](text)
    assert MATCHER.judge(text).label == MATCHER.judge(one.text).label


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged(text):
    decision = MATCHER.judge(text)
    assert decision.allowed == (decision.label is None)
