"""The questionnaire of personality: answered by whoever likes, numbers alone, read by nobody but a summary."""

import ast
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from connect import summaries
from connect.enums import Purpose
from connect.models import Consent, PersonalityAnswer, PersonalityQuestion, PersonalityScore, Profile
from connect.personality import ALPHA, DIMENSIONS, SHIPPED, VERSION, Item, scores_of
from connect.services import consents, personality
from tests.connect.overlap import overlap
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ITEMS = {question["key"]: Item(question["dimension"], question["reversed"]) for question in SHIPPED["questions"]}
EVERYTHING = dict.fromkeys(ITEMS, 3)
QUESTIONS, ANSWERS = "/api/personality/questions", "/api/personality/answers"


@pytest.fixture(autouse=True)
def questions(db):
    import_module("connect.migrations.0014_personality_questions").add_questions(apps, None)


@pytest.fixture
def user(now):
    user = UserFactory(person=True)
    allow(user, now)
    return user


def allow(user, now):
    with transaction.atomic():
        consents.grant(user_id=user.id, purpose=Purpose.PERSONALITY, version="v1", now=now)


def take_back(user, now):
    return consents.revoke(user_id=user.id, purpose=Purpose.PERSONALITY, now=now)


def answer(user, **answers):
    personality.answer(user_id=user.id, answers=answers)


def scores(user):
    return PersonalityScore.objects.get(user=user).scores


# What is asked.


def test_four_are_asked_of_each_dimension():
    asked = [question["dimension"] for question in SHIPPED["questions"]]
    assert {dimension: asked.count(dimension) for dimension in DIMENSIONS} == dict.fromkeys(DIMENSIONS, 4)


def test_the_stored_questions_are_those_that_ship():
    stored = PersonalityQuestion.objects.asked().values_list("key", "text_en", "text_de", "reversed")
    assert list(stored) == [(q["key"], q["en"], q["de"], q["reversed"]) for q in SHIPPED["questions"]]


@pytest.mark.parametrize("language, text", [("en", "I like order."), ("de-AT", "Ich mag Ordnung.")])
def test_they_are_asked_in_the_readers_language(user, api, language, text):
    told = api(user).get(QUESTIONS, HTTP_ACCEPT_LANGUAGE=language)
    assert text in [question["text"] for question in told.json()["questions"]]
    assert told.headers["Content-Language"] == language[:2]


def test_without_a_header_it_is_the_language_the_person_speaks(user, api):
    Profile.objects.filter(user=user).update(languages=["fr", "de"])
    assert api(user).get(QUESTIONS).headers["Content-Language"] == "de"


# What is answered.


def test_some_answers_are_enough(user, api):
    reply = api(user).post(ANSWERS, {"answers": {"party_life": 5, "relaxed": 2}})
    assert (reply.status_code, reply.json()["answers"]) == (200, {"party_life": 5, "relaxed": 2})


def test_the_reply_names_the_version_and_no_number_but_the_answers(user, api):
    reply = api(user).post(ANSWERS, {"answers": {"party_life": 5}}).json()
    assert (set(reply), reply["version"]) == ({"version", "questions", "answers"}, VERSION)
    assert {key for question in reply["questions"] for key in question} == {"key", "text"}


def test_an_answer_can_be_changed_and_taken_back_and_others_stay(user, api):
    client = api(user)
    client.post(ANSWERS, {"answers": {"party_life": 5, "relaxed": 2}})
    reply = client.post(ANSWERS, {"answers": {"party_life": 1, "relaxed": None}})
    assert reply.json()["answers"] == {"party_life": 1}


def test_answering_twice_is_once(user, api):
    client = api(user)
    first, second = (client.post(ANSWERS, {"answers": {"mess": 4}}).json() for _ in range(2))
    assert (first, PersonalityAnswer.objects.count()) == (second, 1)


@pytest.mark.parametrize(
    "answers, code",
    [
        ({"party_life": 6}, "max_value"),
        ({"party_life": 0}, "min_value"),
        ({"party_life": "5"}, "wrong_type"),
        ({"party_life": True}, "wrong_type"),
        ({"relaxed": 3, "no_question": 3}, "unknown_question"),
        ({"relaxed": 3, "no\x00question": 3}, "unknown_question"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_kept(user, api, answers, code):
    reply = api(user).post(ANSWERS, {"answers": answers})
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not PersonalityAnswer.objects.exists()


def test_without_consent_nothing_is_asked_or_kept(api):
    client = api(UserFactory())
    refused = [client.get(QUESTIONS), client.post(ANSWERS, {"answers": {"relaxed": 3}})]
    assert [(reply.status_code, reply.json()["code"]) for reply in refused] == [(403, "consent_missing")] * 2
    assert not PersonalityAnswer.objects.exists()


def test_each_answers_for_themselves(user, api, now):
    other = UserFactory()
    allow(other, now)
    answer(user, party_life=5)
    assert api(other).post(ANSWERS, {"answers": {"party_life": 1}}).json()["answers"] == {"party_life": 1}
    assert personality.answers_of(user.id) == {"party_life": 5}


# The numbers.


@pytest.mark.parametrize("given, score", [(1, 0.0), (2, 25.0), (5, 100.0)])
def test_agreeing_is_a_share_of_the_scale(given, score):
    assert scores_of({"party_life": given}, ITEMS).scores == {"extraversion": score}


def test_a_reversed_item_counts_the_other_way():
    assert scores_of({"party_life": 5, "little_talk": 5}, ITEMS).scores == {"extraversion": 50.0}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_all_items_are_as_reliable_as_published_and_fewer_less(dimension):
    of = [key for key, item in ITEMS.items() if item.dimension == dimension]
    sure = [scores_of(dict.fromkeys(of[:n], 3), ITEMS).confidence[dimension] for n in (1, 2, 3, 4)]
    assert sure == sorted(set(sure))
    assert sure[-1] == pytest.approx(ALPHA[dimension], abs=1e-4)


def test_two_items_follow_spearman_and_brown():
    # alpha .77 of four: one item 0.77 / (4 - 3 x 0.77) = 0.4556; two 2 x 0.4556 / 1.4556.
    assert scores_of({"party_life": 3, "background": 3}, ITEMS).confidence["extraversion"] == pytest.approx(
        0.626, abs=1e-4
    )


def test_scores_follow_the_answers_and_name_their_version(user):
    answer(user, party_life=5)
    before = scores(user)
    answer(user, party_life=1)
    assert (before, scores(user)) == ({"extraversion": 100.0}, {"extraversion": 0.0})
    assert PersonalityScore.objects.get(user=user).version == VERSION


def test_without_any_answer_there_is_no_score(user):
    answer(user, party_life=5)
    answer(user, party_life=None)
    assert not PersonalityScore.objects.exists()


@pytest.mark.parametrize(
    "numbers",
    [
        {"scores": {"extraversion": "outgoing"}},
        {"scores": {"extraversion": True}},
        {"scores": {"extraversion": None}},
        {"scores": {"extraversion": [50]}},
        {"scores": {"extraversion": {"label": 1}}},
        {"scores": {"extraversion": 100.5}},
        {"scores": {"extraversion": -1}},
        {"scores": {"label": 50}},
        {"scores": [50]},
        {"confidence": {"extraversion": 1.5}},
        {"confidence": "sure"},
    ],
)
def test_the_database_keeps_numbers_alone(user, numbers):
    answer(user, party_life=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalityScore.objects.filter(user=user).update(**numbers)
    PersonalityScore.objects.filter(user=user).update(scores={"extraversion": 50, "imagination": 0.5})


# Consent.


def test_taking_consent_back_deletes_the_numbers_and_says_so(user, now):
    answer(user, party_life=5, relaxed=3)
    assert take_back(user, now) == {"personality_scores": 2}
    assert not PersonalityScore.objects.exists()


def test_what_was_answered_stays_and_can_be_taken_back_without_consent(user, api, now):
    answer(user, party_life=5, relaxed=3)
    take_back(user, now)
    reply = api(user).post(ANSWERS, {"answers": {"party_life": None}})
    assert (reply.status_code, reply.json()["answers"]) == (200, {"relaxed": 3})


def test_given_again_it_makes_the_numbers_anew(user, now):
    answer(user, party_life=5)
    take_back(user, now)
    allow(user, now + timedelta(minutes=1))
    assert scores(user) == {"extraversion": 100.0}


@pytest.mark.django_db(transaction=True)
def test_answering_while_consent_is_taken_back_leaves_no_number(user):
    late = []

    def answer_late():
        try:
            answer(user, party_life=5)
        except personality.ConsentMissing as refused:
            late.append(refused.code)

    overlap(lambda: take_back(user, timezone.now()), answer_late)
    assert (late, PersonalityScore.objects.count()) == (["consent_missing"], 0)


@pytest.mark.django_db(transaction=True)
def test_taking_consent_back_while_answering_leaves_no_number(user):
    overlap(lambda: answer(user, party_life=5), lambda: take_back(user, timezone.now()))
    assert (Consent.objects.live().count(), PersonalityScore.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_are_both_scored(user):
    overlap(lambda: answer(user, party_life=5), lambda: answer(user, relaxed=5))
    assert scores(user) == {"extraversion": 100.0, "neuroticism": 0.0}


# The summary.


def written(language="en", score=80.0, sure=0.7, dimensions=DIMENSIONS):
    return summaries.write(
        scores=dict.fromkeys(dimensions, score), confidence=dict.fromkeys(dimensions, sure), language=language
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("score", [0.0, 50.0, 100.0])
def test_a_summary_holds_no_label_and_no_number(language, score):
    text = written(language, score).lower()
    labels = [
        *DIMENSIONS,
        "introver",
        "extraver",
        "extravert",
        "neuroti",
        "verträglich",
        "gewissenhaft",
        "score",
        "high",
    ]
    assert [label for label in labels if label in text] == []
    assert not any(character.isdigit() for character in text)


def test_leanings_read_differently():
    assert len({written(score=score) for score in (0.0, 50.0, 100.0)}) == 3


def test_every_language_has_every_sentence():
    assert set(summaries.SENTENCES) == {"en", "de"}
    for words in summaries.SENTENCES.values():
        assert all(set(words[dimension]) == {"high", "low", "middle"} for dimension in DIMENSIONS)
        assert words["open"] and words["close"]


def test_what_is_not_sure_enough_is_not_told():
    assert written(sure=0.47) == ""


def test_two_dimensions_are_too_few_and_three_are_told():
    assert (written(dimensions=DIMENSIONS[:2]), written(dimensions=DIMENSIONS[:3]) != "") == ("", True)


def test_a_summary_is_kept_nowhere(user):
    answer(user, **EVERYTHING)
    text = personality.summary_of(user_id=user.id, language="en")
    columns = [field.name for field in PersonalityScore._meta.concrete_fields]
    assert text
    assert columns == ["id", "created_at", "user", "version", "scores", "confidence", "updated_at"]
    assert text not in str(PersonalityScore.objects.values().get())


def test_without_consent_there_is_none(user, now):
    answer(user, **EVERYTHING)
    Consent.objects.update(revoked_at=now)
    assert personality.summary_of(user_id=user.id, language="en") == ""


# Never an input to anything else.

WORDS = {"PersonalityAnswer", "PersonalityQuestion", "PersonalityScore", "personality", "summaries"}
MAY_NAME_IT = {
    "connect": {
        "admin/people.py",
        "summaries.py",
        "personal_data/__init__.py",
        "personal_data/told.py",
        "api/personality_views.py",
        "api/serializers/personality.py",
        "models/__init__.py",
        "models/personality.py",
        "services/consents.py",
        "services/personality.py",
    },
    "matching": {"services/partners.py"},
}


def names_in(path):
    """Everything a module imports or reaches by an attribute."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("app", ["safety", "connect", "matching", "chat", "streaks", "faces"])
def test_nobody_else_reads_answers_or_numbers(app):
    modules = [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    naming = {str(path.relative_to(ROOT / app)) for path in modules if WORDS & set(names_in(path))}
    assert naming == MAY_NAME_IT.get(app, set())
