"""Who says nearly the same everywhere is noticed, and nothing of what they say is kept."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.tasks import clear_expired
from safety.likeness import bands
from safety.models import SafetyFlag, TextTrace
from safety.services import traces
from safety.services.traces import Opener
from tests.safety.rows import person

pytestmark = pytest.mark.django_db

LINE = "Hey {}, I am new here and love hiking, good wine and long talks. What are you up to this weekend? {}"
NAMES = ["Anna", "Lena", "Mia", "Sofia", "Emma", "Clara", "Ida", "Nora", "Marie", "Lotte"]
FACES = ["😀", "😊", "", "🌹", "❤️", "🎉", "🙂", "😘", "👋", "✨"]


def openings(by, texts):
    return [Opener(by, uuid4(), text) for text in texts]


def say(by, texts, now):
    for opener in openings(by, texts):
        traces.note_openers([opener], now=now)


def flagged():
    return set(SafetyFlag.objects.filter(kind="mass_opener").values_list("user_id", flat=True))


@pytest.fixture
def sender(db):
    return person().id


@pytest.fixture(autouse=True)
def five(settings):
    settings.LIKE_OPENERS_BEFORE_FLAG = 5


# Likeness.


def alike(first, second, author=None):
    author = author or uuid4()
    return len(set(bands(first, author=author)) & set(bands(second, author=author)))


def test_the_same_text_is_alike_in_everything():
    assert alike(LINE, LINE) == 8


def test_an_emoji_and_capitals_change_nothing():
    assert alike(LINE.format("Anna", "😀"), LINE.format("ANNA", "🌹🌹").upper()) == 8


def test_another_name_leaves_a_likeness():
    assert min(alike(LINE.format(a, ""), LINE.format(b, "")) for a, b in pairwise(NAMES)) >= 1


def test_other_texts_are_not_alike():
    other = "Guten Abend, dein Pseudonym gefällt mir, kochst du gern oder lässt du lieber kochen?"
    assert alike(LINE, other) == 0


def test_greetings_everybody_uses_have_no_bands():
    assert bands("Hi there 😊", author=uuid4()) == []


def test_cyrillic_is_read_too():
    assert len(bands("Привет, как твои дела сегодня?", author=uuid4())) == 8


def test_of_two_authors_the_same_text_has_nothing_in_common():
    assert set(bands(LINE, author=uuid4())) & set(bands(LINE, author=uuid4())) == set()


def test_bands_depend_on_the_key(settings):
    author = uuid4()
    before = bands(LINE, author=author)
    settings.HASH_KEY = "another key"
    assert set(before) & set(bands(LINE, author=author)) == set()


# Openers.


def test_four_places_are_not_many(sender, now):
    say(sender, [LINE] * 4, now)
    assert flagged() == set()


def test_five_are(sender, now):
    say(sender, [LINE] * 5, now)
    assert (flagged(), SafetyFlag.objects.get().data) == ({sender}, {"places": 5})


def test_with_other_names_and_emoji_too(now):
    people = [person().id for _ in range(10)]
    for by in people:
        say(by, [LINE.format(name, face) for name, face in zip(NAMES, FACES, strict=True)], now)
    assert flagged() == set(people)


def test_together_as_one_by_one(sender, now):
    traces.note_openers(openings(sender, [LINE] * 5), now=now)
    assert flagged() == {sender}


def test_one_place_counts_once(sender, now):
    place = uuid4()
    traces.note_openers([Opener(sender, place, LINE)] * 6, now=now)
    assert flagged() == set()


def test_different_openers_are_nobodys_business(sender, now):
    texts = [
        "Good evening, your pseudonym made me smile",
        "Do you cook, or do you let others cook?",
        "I see we both care about honesty. What is it to you?",
        "Which book did you read last, and would you again?",
        "Sea or mountains? I never could decide",
        "Hello! I had a long day and am glad to talk to somebody",
        "What are you looking for here, if I may ask?",
    ]
    say(sender, texts, now)
    assert flagged() == set()


def test_what_two_people_say_is_not_added_up(now):
    first, second = person().id, person().id
    say(first, [LINE] * 3, now)
    say(second, [LINE] * 3, now)
    assert flagged() == set()


def test_the_day_after_counts_anew(sender, now):
    say(sender, [LINE] * 4, now - timedelta(hours=25))
    say(sender, [LINE] * 4, now)
    assert flagged() == set()


def test_one_flag_a_day_whatever_comes(sender, now):
    say(sender, [LINE] * 9, now)
    assert SafetyFlag.objects.count() == 1
    say(sender, [LINE] * 5, now + timedelta(days=2))
    assert SafetyFlag.objects.count() == 2


def test_no_word_of_it_is_kept(sender, now):
    say(sender, [LINE], now)
    kept = str(list(TextTrace.objects.values()))
    assert ("hiking" in kept, TextTrace.objects.count()) == (False, 8)


def test_any_number_takes_the_same_statements(now):
    people = [person().id for _ in range(6)]
    with CaptureQueriesContext(connection) as one:
        traces.note_openers(openings(people[0], [LINE]), now=now)
    with CaptureQueriesContext(connection) as many:
        traces.note_openers([opener for by in people for opener in openings(by, [LINE])], now=now)
    assert len(one) == len(many)


def test_nothing_to_note_is_no_query():
    with CaptureQueriesContext(connection) as asked:
        traces.note_openers([], now=None)
    assert len(asked) == 0


# Refused texts.


def refuse(by, client_id, now):
    traces.note_refused(by=by, place=uuid4(), client_id=client_id, label="threat", now=now)


def test_several_refused_in_a_day_are_flagged(sender, now, settings):
    settings.REFUSED_BEFORE_FLAG = 3
    for number in range(2):
        refuse(sender, f"{number}", now)
    assert not SafetyFlag.objects.exists()
    refuse(sender, "2", now)
    assert SafetyFlag.objects.get().data == {"refused": 3, "label": "threat"}


def test_over_several_days_they_are_not(sender, now, settings):
    settings.REFUSED_BEFORE_FLAG = 3
    for days in range(5):
        refuse(sender, f"{days}", now + timedelta(days=days, minutes=days))
    assert not SafetyFlag.objects.exists()


def test_after_a_day_all_is_forgotten(sender, now):
    say(sender, [LINE], now - timedelta(hours=25))
    say(sender, [LINE], now)
    clear_expired()
    assert TextTrace.objects.count() == 8
