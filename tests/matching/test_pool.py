"""Who is in the pool, and how their rows become the engine's arrays."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import timezone

from connect.enums import Gender, Mode, Purpose, UserStatus
from connect.models import ConnectProfile, Consent, NonNegotiable, OffLimitsTopic, Profile, User
from connect.vectors import INTERESTS, TOPICS, VALUES
from matching.engine.filters import FRIENDSHIP, ROMANCE
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from matching.services import arrays, people
from tests.matching.builders import ids, likes, match_of, person, prefers

pytestmark = pytest.mark.django_db


def pool_ids(now):
    return set(people.load(now=now).ids)


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


def test_a_second_place_is_a_setting(now, settings):
    settings.OPEN_PROPOSALS_PER_PERSON = 2
    one, other = person(now, chart=False), person(now, chart=False)
    match_of(one, other, now)
    assert people.load(now=now).room.tolist() == [1, 1]


def test_queries_do_not_grow_with_the_pool(now, django_assert_num_queries):
    for _ in range(2):
        likes(person(now, chart=False), music=90)
    with django_assert_num_queries(7):
        people.load(now=now)
    for _ in range(10):
        likes(person(now, chart=False), music=90)
    with django_assert_num_queries(7):
        people.load(now=now)


def test_an_empty_pool_loads(now):
    assert len(people.load(now=now)) == 0


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2000, 5, 17), 25), (date(2000, 5, 16), 26), (date(2004, 2, 29), 22)],
)
def test_age_counts_completed_years(born, age):
    assert arrays.ages([born], date(2026, 5, 16)).tolist() == [age]


def test_a_leap_birthday_is_kept_on_the_first_of_march():
    ages = [arrays.ages([date(2004, 2, 29)], day)[0] for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert ages == [21, 22]


def test_modes_and_genders_become_bits(now):
    person(now, chart=False, mode=Mode.FRIENDSHIP, gender=Gender.MALE, preferred_genders=["female", "male"])
    pool = people.load(now=now).pool
    assert pool.mode.tolist() == [FRIENDSHIP]
    assert int(pool.seeks[0]) & int(pool.gender[0])
    assert arrays.MODES[Mode.BOTH] == ROMANCE | FRIENDSHIP


def test_no_gender_named_and_none_sought_are_zero(now):
    person(now, chart=False, gender="", preferred_genders=[])
    pool = people.load(now=now).pool
    assert (pool.gender.tolist(), pool.seeks.tolist()) == ([0], [0])


def test_languages_to_talk_in_go_before_those_spoken(now):
    person(now, chart=False, languages=["de"], language_pref=["en"])
    person(now, chart=False, languages=["en"], language_pref=[])
    person(now, chart=False, languages=["de"], language_pref=[])
    english, also_english, german = people.load(now=now).pool.languages.tolist()
    assert english & also_english
    assert not english & german


def test_no_distance_limit_is_infinite_and_no_cell_is_nowhere(now):
    person(now, chart=False, distance_km=None, cell="")
    pool = people.load(now=now).pool
    assert np.isinf(pool.max_km).all()
    assert np.isnan(pool.place).all()


def test_preferences_become_depth_and_week(now):
    prefers(person(now, chart=False), conversation_depth="moderate", availability_windows=[0, 167])
    loaded = people.load(now=now).people
    assert loaded.depth.tolist() == [0.5]
    assert np.flatnonzero(loaded.availability[0]).tolist() == [0, 167]


def test_what_was_not_said_is_missing(now):
    person(now, chart=False, values_vector=None, emotional_readiness_score=None)
    loaded = people.load(now=now).people
    missing = (
        loaded.values,
        loaded.readiness,
        loaded.interests,
        loaded.depth,
        loaded.availability,
        loaded.astro,
    )
    assert all(np.isnan(rows).all() for rows in missing)


def test_interests_and_non_negotiables_weigh_and_are_dear(now):
    user = person(now, chart=False)
    likes(user, music=90, film=30)
    NonNegotiable.objects.create(user=user, dimension="interest", key="film", priority_rank=1)
    NonNegotiable.objects.create(user=user, dimension="value", key="honesty", priority_rank=2)
    OffLimitsTopic.objects.create(user=user, topic_key="politics")
    loaded = people.load(now=now)
    dear = {topic for i, topic in enumerate(TOPICS) if int(loaded.pool.topics[0]) >> i & 1}
    assert dear == {"music", "film"}
    assert int(loaded.pool.off_limits[0]) == 1 << TOPICS.index("politics")
    assert loaded.people.interests_weight[0, INTERESTS.index("film")] == 4.0
    assert loaded.people.values_weight[0, VALUES.index("honesty")] == 3.0


def test_feedback_is_averaged(now):
    user, *others = (person(now, chart=False) for _ in range(3))
    for other, move in zip(others, (0.1, 0.0), strict=True):
        match = match_of(user, other, now, MatchStatus.CLOSED)
        delta = np.full(8, move)
        MatchFeedback.objects.create(match=match, user=user, rating=5, vector_delta=delta, engine_version="x")
    loaded = people.load(now=now)
    assert loaded.deltas[loaded.ids.index(user.id)] == pytest.approx(np.full(8, 0.05), abs=1e-6)
    assert loaded.deltas[loaded.ids.index(others[0].id)].tolist() == [0.0] * 8


def test_waiting_counts_from_the_last_proposal_and_exposure_lately(now):
    user, other = person(now, chart=False), person(now, chart=False)
    fresh = person(now, chart=False, activated_at=now - timedelta(days=4))
    match_of(user, other, now, MatchStatus.DECLINED)
    loaded = people.load(now=now)
    waited = dict(zip(loaded.ids, loaded.waited_days, strict=True))
    shown = dict(zip(loaded.ids, loaded.exposure.tolist(), strict=True))
    assert waited[user.id] == pytest.approx(0.0, abs=0.01)
    assert waited[fresh.id] == pytest.approx(4.0, abs=0.01)
    assert (shown[user.id], shown[fresh.id]) == (1, 0)
