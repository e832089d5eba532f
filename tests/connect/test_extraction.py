import pytest
from django.db import transaction

from connect import readiness
from connect.enums import Purpose
from connect.models import ConnectProfile, Consent, PreferenceSettings, ValueScore
from connect.services import consents, extraction, preferences
from connect.services.extraction import Answers, Vectors, vectors_of
from connect.signals import profile_changed
from connect.vectors import COMMUNICATION, INTERESTS, LIFE_GOALS, READINESS, VALUES, VERSION
from tests.connect.overlap import overlap
from tests.factories import UserFactory


def settings_of(**chosen):
    usual = {
        "conversation_depth": "moderate",
        "contact_frequency": "weekly",
        "directness_score": 50,
        "humor_score": 50,
        "response_pace": "quick",
        "group_comfort": "small_groups",
        "friendship_intention": "open_ended",
        "voice_note_ok": True,
    }
    return PreferenceSettings(**usual | chosen)


def communication(**chosen):
    vector = vectors_of(Answers(preferences=settings_of(**chosen))).communication_vector
    return dict(zip(COMMUNICATION, vector, strict=True))


def goals(**answers):
    return dict(zip(LIFE_GOALS, vectors_of(Answers(**answers)).life_goals_vector, strict=True))


def test_nothing_answered_is_null():
    assert vectors_of(Answers()) == Vectors(None, None, None, None)


@pytest.mark.parametrize(("score", "number"), [(0, -1.0), (50, 0.0), (75, 0.5), (100, 1.0)])
def test_a_value_is_a_number_at_its_place(score, number):
    vector = vectors_of(Answers(values={"family": score})).values_vector
    assert vector[VALUES.index("family")] == number


def test_a_value_not_answered_is_neutral():
    vector = vectors_of(Answers(values={"family": 100})).values_vector
    assert sum(map(abs, vector)) == 1.0


@pytest.mark.parametrize(
    ("chosen", "dimension", "number"),
    [
        ({"directness_score": 100}, "directness", 1.0),
        ({"humor_score": 0}, "humor", -1.0),
        ({"conversation_depth": "light"}, "depth", -1.0),
        ({"conversation_depth": "deep"}, "depth", 1.0),
        ({"contact_frequency": "daily"}, "frequency", 1.0),
        ({"contact_frequency": "occasional"}, "frequency", -1.0),
        ({"response_pace": "flexible"}, "pace", -1.0),
        ({"group_comfort": "one_to_one"}, "group", -1.0),
        ({"group_comfort": "any"}, "group", 1.0),
        ({"voice_note_ok": False}, "voice", -1.0),
    ],
)
def test_each_preference_has_its_dimension(chosen, dimension, number):
    assert communication(**chosen)[dimension] == number


@pytest.mark.parametrize(
    ("intention", "goal", "number"),
    [
        ("long_term", "commitment", 1.0),
        ("open_ended", "commitment", 0.0),
        ("activity_buddies", "commitment", -1.0),
        ("activity_buddies", "shared_activities", 1.0),
    ],
)
def test_the_intention_is_a_life_goal(intention, goal, number):
    assert goals(preferences=settings_of(friendship_intention=intention))[goal] == number


def test_a_life_goal_is_the_mean_of_what_speaks_for_it():
    found = goals(values={"freedom": 100, "adventure": 50}, interests={"travel": 100})
    assert found["exploration"] == pytest.approx(2 / 3)


def test_an_interest_alone_gives_life_goals_but_no_values():
    vectors = vectors_of(Answers(interests={"volunteering": 100}))
    assert vectors.values_vector is None
    assert vectors.life_goals_vector[LIFE_GOALS.index("purpose")] == 1.0


def test_an_interest_that_says_nothing_of_goals_leaves_them_null():
    assert vectors_of(Answers(interests={"film": 100})).life_goals_vector is None


def test_every_vector_is_as_long_as_its_names_and_within_bounds():
    vectors = vectors_of(
        Answers(
            values=dict.fromkeys(VALUES, 100),
            interests=dict.fromkeys(INTERESTS, 0),
            preferences=settings_of(directness_score=0, friendship_intention="long_term"),
        )
    )
    found = (vectors.values_vector, vectors.communication_vector, vectors.life_goals_vector)
    assert [len(vector) for vector in found] == [len(VALUES), len(COMMUNICATION), len(LIFE_GOALS)]
    assert all(-1 <= number <= 1 for vector in found for number in vector)


def test_what_life_goals_are_made_of_exists():
    assert set(extraction.GOAL_VALUES) == set(LIFE_GOALS)
    assert {key for keys in extraction.GOAL_VALUES.values() for key in keys} <= set(VALUES)
    assert {key for keys in extraction.GOAL_INTERESTS.values() for key in keys} <= set(INTERESTS)


@pytest.mark.parametrize(("answer", "score"), [(1, 0), (2, 25), (3, 50), (5, 100)])
def test_readiness_is_the_mean_answer(answer, score):
    assert readiness.score(dict.fromkeys(READINESS, answer)) == score


def test_readiness_without_answers_is_null():
    assert readiness.score({}) is None


def test_there_is_a_question_for_each_dimension_of_readiness():
    assert tuple(readiness.QUESTIONS) == READINESS


@pytest.fixture
def user(db, now):
    user = UserFactory()
    with transaction.atomic():
        consents.grant(user_id=user.id, purpose=Purpose.MATCHING, version="v1", now=now)
    return user


def test_rebuild_writes_the_vectors_with_their_version(user, now):
    ValueScore.objects.create(user=user, value_key="honesty", score=100)
    extraction.rebuild(user_id=user.id, now=now)
    profile = ConnectProfile.objects.get(user=user)
    assert profile.values_vector[VALUES.index("honesty")] == 1.0
    assert (profile.communication_vector, profile.vector_version) == (None, VERSION)


def test_without_consent_there_are_no_vectors(user, now):
    Consent.objects.filter(user=user).update(revoked_at=now)
    ValueScore.objects.create(user=user, value_key="honesty", score=100)
    extraction.rebuild(user_id=user.id, now=now)
    profile = ConnectProfile.objects.get(user=user)
    assert (profile.values_vector, profile.vector_version) == (None, "")


def test_a_rebuild_is_told(user, now):
    told = []

    def receive(sender, *, user_id, active, now, **_):
        told.append((user_id, active, now))

    profile_changed.connect(receive, weak=False)
    try:
        extraction.rebuild(user_id=user.id, now=now)
    finally:
        profile_changed.disconnect(receive)
    assert told == [(user.id, False, now)]


def test_answers_taken_back_empty_the_vector(user, now):
    preferences.save_values(user_id=user.id, scores={"honesty": 100}, now=now)
    preferences.save_values(user_id=user.id, scores={}, now=now)
    assert ConnectProfile.objects.get(user=user).values_vector is None


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_both_in_the_vectors(user, now):
    with transaction.atomic():
        extraction.rebuild(user_id=user.id, now=now)
    answers = dict.fromkeys(READINESS, 5)
    overlap(
        lambda: preferences.save_values(user_id=user.id, scores={"honesty": 100}, now=now),
        lambda: preferences.save_readiness(user_id=user.id, answers=answers, now=now),
    )
    profile = ConnectProfile.objects.get(user=user)
    assert profile.values_vector is not None
    assert profile.emotional_readiness_score == 100
