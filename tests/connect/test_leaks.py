"""What a text about somebody must not give away."""

from datetime import date

import pytest

from connect.writers.leaks import Secrets, leak

OLGA = Secrets.of(
    name="Olga Ottilie Öster",
    nickname="Otterlein",
    email="olga.oe@maitribe.example",
    places=("Bad Kissingen", "Hogwarts School"),
    birth_date=date(1990, 3, 2),
    today=date(2026, 3, 1),
)
FINE = [
    "Your partner lights up when it comes to music and hiking. Ask them where that began.",
    "Dein Gegenüber blüht auf, wenn es um Musik geht. Frag, wie es dazu kam.",
    "Quiet evenings and long walks; they learned it from others, and it was not bad.",
    "",
]
LEAKS = [
    ("Olga loves music.", "name"),
    ("They sign as OLGA", "name"),
    ("O l g a loves music.", "name"),
    ("Frau Oester mag Musik.", "name"),
    ("Frau ÖSTER mag Musik.", "name"),
    ("Оlga loves music.", "name"),
    ("Ask for otterlein.", "handle"),
    ("look for Otter-lein", "handle"),
    ("they are olga_o there", "handle"),
    ("@otter", "handle"),
    ("find them on Instagram", "handle"),
    ("insta: me", "handle"),
    ("Walks around Kissingen.", "place"),
    ("Walks around Bad Kissingen.", "place"),
    ("Once at hogwarts", "place"),
    ("They are 35.", "number"),
    ("They are ３５.", "number"),
    ("They are thirty-five.", "number"),
    ("Sie sind fünfunddreißig.", "number"),
    ("Call zero one five one two three four five six seven", "number"),
    ("see https://x", "link"),
    ("their page is otters.example today", "link"),
    ("www something", None),
    ("www.otters", "link"),
]


@pytest.mark.parametrize("text", FINE)
def test_what_gives_nobody_away_passes(text):
    assert leak(text, OLGA) is None


@pytest.mark.parametrize("text, kind", LEAKS)
def test_what_does_is_seen(text, kind):
    assert leak(text, OLGA) == kind


@pytest.mark.parametrize(
    "born, spelt",
    [(date(2008, 1, 1), "eighteen"), (date(1986, 1, 1), "forty"), (date(1985, 1, 1), "einundvierzig")],
)
def test_an_age_in_words_is_seen_of_whose_it_is(born, spelt):
    secrets = Secrets.of(name="", nickname="", email="", places=(), birth_date=born, today=date(2026, 6, 1))
    assert leak(f"They are {spelt}.", secrets) == "number"
    assert leak(f"They are {spelt}.", Secrets()) is None


def test_of_nobody_nothing_is_known():
    assert leak("Olga of Bad Kissingen", Secrets()) is None
