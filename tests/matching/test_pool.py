"""Who is in the pool, and how their rows become the engine's arrays."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import timezone

from connect.enums import Gender, Mode, Purpose, UserStatus
from connect.models import ConnectProfile, Consent, NonNegotiable, OffLimitsTopic, Profile, User
from connect.vectors import COMMUNICATION, INTERESTS, LIFE_GOALS, TOPICS, VALUES
from matching.engine import channels, synastry
from matching.engine.features import DIMENSIONS, People, features
from matching.engine.filters import FRIENDSHIP, ROMANCE
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from matching.services import arrays, people
from matching.vectors import HOURS
from tests.matching.builders import ids, likes, loaded, match_of, person, prefers

pytestmark = pytest.mark.django_db


def pool_ids(now):
    return set(loaded(now).ids)


def test_the_active_are_in_the_pool(now):
    one, other = person(now, chart=False), person(now, chart=False)
    assert pool_ids(now) == ids(one, other)


@pytest.mark.parametrize(
    "leave",
    [
        lambda user: ConnectProfile.objects.filter(user=user).update(is_active=False),
        lambda user: Consent.objects.filter(user=user, purpose=Purpose.MATCHING).update(revoked_at=timezone.now()),
        lambda user: User.objects.filter(id=user.id).update(status=UserStatus.RESTRICTED),
        lambda user: User.objects.filter(id=user.id).update(suspended_until=timezone.now() + timedelta(days=1)),
        lambda user: Profile.objects.filter(user=user).update(birth_date=None),
    ],
    ids=["inactive", "consent revoked", "restricted", "suspended", "no birth date"],
)
def test_who_may_not_be_matched_is_not(now, leave):
    stays, goes = person(now, chart=False), person(now, chart=False)
    leave(goes)
    assert pool_ids(now) == ids(stays)


def test_whose_suspension_is_over_may(now):
    one, other = person(now, chart=False), person(now, chart=False)
    User.objects.filter(id=one.id).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert pool_ids(now) == ids(one, other)


@pytest.mark.parametrize("status", list(MatchStatus))
def test_an_open_match_takes_the_only_place(now, status):
    one, other, third = (person(now, chart=False) for _ in range(3))
    match = match_of(one, other, now, status)
    taken = match in Match.objects.open()
    assert pool_ids(now) == (ids(third) if taken else ids(one, other, third))


def test_a_second_place_is_a_parameter(now):
    one, other = person(now, chart=False), person(now, chart=False)
    match_of(one, other, now)
    assert loaded(now, capacity=2).room.tolist() == [1, 1]


def test_queries_do_not_grow_with_the_pool(now, django_assert_num_queries):
    for _ in range(2):
        likes(person(now, chart=False), music=90)
    loaded(now)
    with django_assert_num_queries(3):
        people.load(capacity=1, now=now)
    for _ in range(10):
        likes(person(now, chart=False), music=90)
    loaded(now)
    with django_assert_num_queries(3):
        people.load(capacity=1, now=now)


def test_an_empty_pool_loads(now):
    assert len(loaded(now)) == 0


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2000, 5, 17), 25), (date(2000, 5, 16), 26), (date(2004, 2, 29), 22)],
)
def test_age_counts_completed_years(born, age):
    assert people.ages(np.array([born], dtype="M8[D]"), date(2026, 5, 16)).tolist() == [age]


def test_a_leap_birthday_is_kept_on_the_first_of_march():
    born = np.array(["2004-02-29"], dtype="M8[D]")
    assert [people.ages(born, day)[0] for day in (date(2026, 2, 28), date(2026, 3, 1))] == [21, 22]


def test_modes_and_genders_become_bits(now):
    person(now, chart=False, mode=Mode.FRIENDSHIP, gender=Gender.MALE, preferred_genders=["female", "male"])
    pool = loaded(now).pool
    assert pool.mode.tolist() == [FRIENDSHIP]
    assert int(pool.seeks[0]) & int(pool.gender[0])
    assert arrays.MODES[Mode.BOTH] == ROMANCE | FRIENDSHIP


def test_no_gender_named_and_none_sought_are_zero(now):
    person(now, chart=False, gender="", preferred_genders=[])
    pool = loaded(now).pool
    assert (pool.gender.tolist(), pool.seeks.tolist()) == ([0], [0])


def test_languages_to_talk_in_go_before_those_spoken(now):
    wishes = ((["de"], ["en"]), (["en"], []), (["de"], []))
    talkers = [person(now, chart=False, languages=spoken, language_pref=wanted) for spoken, wanted in wishes]
    population = loaded(now)
    languages = dict(zip(population.ids, population.pool.languages.tolist(), strict=True))
    english, also_english, german = (languages[user.id] for user in talkers)
    assert english & also_english
    assert not english & german


def test_no_distance_limit_is_infinite_and_no_cell_is_nowhere(now):
    person(now, chart=False, distance_km=None, cell="")
    pool = loaded(now).pool
    assert (pool.nearest == -np.inf).all()
    assert np.isnan(pool.place).all()


def made(given):
    """What the engine makes of somebody's answers, the rest not given."""
    nothing = {"values": VALUES, "goals": LIFE_GOALS, "communication": COMMUNICATION, "interests": INTERESTS}
    rows = {name: np.full((1, len(keys)), np.nan) for name, keys in nothing.items()}
    rows |= {"astro": np.full((1, synastry.WIDTH), np.nan), "hd": np.full((1, channels.WIDTH), np.nan)}
    rows |= {"availability": np.full((1, HOURS), np.nan), "depth": np.array([np.nan]), "readiness": np.array([np.nan])}
    rows |= {"values_weight": np.ones((1, len(VALUES))), "interests_weight": np.ones((1, len(INTERESTS)))}
    return features(People(**rows | {name: np.array(value, dtype=float) for name, value in given.items()}))


def silent(now, **wishes):
    """Somebody in the pool who answered nothing."""
    unsaid = ("values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score")
    return person(now, chart=False, **dict.fromkeys(unsaid) | wishes)


def rising(keys):
    return np.linspace(-1, 1, len(keys), dtype=np.float32)


def the_same(found, expected, *dimensions):
    assert [name for i, name in enumerate(DIMENSIONS) if found.present[0, i]] == list(dimensions)
    np.testing.assert_array_equal(found.present, expected.present)
    np.testing.assert_allclose(found.query, expected.query, atol=1e-4)
    np.testing.assert_allclose(found.key, expected.key, atol=1e-4)


def test_preferences_become_depth_and_week(now):
    prefers(silent(now), conversation_depth="moderate", availability_windows=[0, 167])
    expected = made({"depth": [0.5], "availability": np.eye(HOURS)[[0]] + np.eye(HOURS)[[167]]})
    the_same(loaded(now).features, expected, "depth", "availability")


def test_what_was_said_is_there(now):
    said = {"values": VALUES, "communication": COMMUNICATION, "life_goals": LIFE_GOALS}
    vectors = {f"{name}_vector": rising(keys) for name, keys in said.items()}
    person(now, chart=False, emotional_readiness_score=80, **vectors)
    given = {"values": [rising(VALUES)], "communication": [rising(COMMUNICATION)], "goals": [rising(LIFE_GOALS)]}
    the_same(loaded(now).features, made(given | {"readiness": [80]}), "values", "communication", "readiness")


def test_what_was_not_said_is_missing(now):
    silent(now)
    found = loaded(now).features
    assert not found.present.any()
    assert not found.query.any() and not found.key.any()


def test_interests_and_non_negotiables_weigh_and_are_dear(now):
    user = silent(now, values_vector=rising(VALUES))
    likes(user, music=90, film=30)
    NonNegotiable.objects.create(user=user, dimension="interest", key="film", priority_rank=1)
    NonNegotiable.objects.create(user=user, dimension="value", key="honesty", priority_rank=2)
    OffLimitsTopic.objects.create(user=user, topic_key="politics")
    population = loaded(now)
    dear = {topic for i, topic in enumerate(TOPICS) if int(population.pool.topics[0]) >> i & 1}
    assert dear == {"music", "film"}
    assert int(population.pool.off_limits[0]) == 1 << TOPICS.index("politics")
    interests, weights, values = np.full(len(INTERESTS), np.nan), np.ones(len(INTERESTS)), np.ones(len(VALUES))
    interests[[INTERESTS.index("music"), INTERESTS.index("film")]] = 90, 30
    weights[INTERESTS.index("film")], values[VALUES.index("honesty")] = 4.0, 3.0
    given = {"values": [rising(VALUES)], "interests": [interests]}
    expected = made(given | {"values_weight": [values], "interests_weight": [weights]})
    the_same(population.features, expected, "values", "interests")


def test_feedback_adds_up(now):
    user, *others = (person(now, chart=False) for _ in range(3))
    for other, move in zip(others, (0.06, -0.01), strict=True):
        match = match_of(user, other, now, MatchStatus.CLOSED)
        delta = np.full(8, move)
        MatchFeedback.objects.create(match=match, user=user, rating=5, vector_delta=delta, engine_version="x")
    population = loaded(now)
    leanings = dict(zip(population.ids, population.features.leanings, strict=True))
    assert leanings[user.id] == pytest.approx(np.full(8, 0.05), abs=1e-3)
    assert leanings[others[0].id].tolist() == [0.0] * 8


def test_waiting_counts_from_the_last_proposal_and_exposure_lately(now):
    user, other = person(now, chart=False), person(now, chart=False)
    fresh = person(now, chart=False, activated_at=now - timedelta(days=4))
    match_of(user, other, now, MatchStatus.DECLINED)
    population = loaded(now)
    waited = dict(zip(population.ids, population.waited_days, strict=True))
    shown = dict(zip(population.ids, population.exposure.tolist(), strict=True))
    assert waited[user.id] == pytest.approx(0.0, abs=0.01)
    assert waited[fresh.id] == pytest.approx(4.0, abs=0.01)
    assert (shown[user.id], shown[fresh.id]) == (1, 0)


@pytest.mark.parametrize(
    "leave",
    [
        lambda user: ConnectProfile.objects.filter(user=user).update(is_active=False),
        lambda user: Profile.objects.filter(user=user).update(birth_date=None),
    ],
    ids=["inactive", "no birth date"],
)
def test_who_left_is_not_loaded_though_their_vectors_are_still_there(now, leave):
    stays, goes = person(now, chart=False), person(now, chart=False)
    assert set(loaded(now).ids) == ids(stays, goes)
    leave(goes)
    assert set(people.load(capacity=1, now=now).ids) == ids(stays)
