"""Pool entries: due when what they are made of changes, built of what people said, emptied with it."""

from datetime import time, timedelta

import numpy as np
import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.enums import Purpose
from connect.models import BirthData, ConnectProfile, Profile
from connect.services import consents, pool
from connect.signals import birth_changed
from matching import vectors
from matching.engine.features import DIMENSIONS
from matching.enums import MatchStatus
from matching.models import Chart, PoolEntry
from matching.services import building, charts, entries, feedback, people, runs
from matching.services.feedback import Judgement
from tests.matching.builders import account, born, consent, entry_of, follow, likes, loaded, match_of, numbers, person

pytestmark = pytest.mark.django_db

BIT = {name: 1 << i for i, name in enumerate(DIMENSIONS)}
BIRTH = BIT["astro"] | BIT["hd"]


def columns(name):
    i = DIMENSIONS.index(name)
    return slice(vectors.EDGES[i], vectors.EDGES[i + 1])


def built(now, **wishes):
    """Somebody whose entry is built and whom the engine looked at."""
    user = person(now, **wishes)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    return user


def up_to_date(**wishes):
    """Somebody whose entry was built after they last said something."""
    user = person(timezone.now(), **wishes)
    entries.mark_due(user_ids=[user.id], now=timezone.now())
    follow(timezone.now())
    return user


def has_vectors(user):
    entry = entry_of(user)
    return [getattr(entry, name) is not None for name in ("query", "key", "leanings")]


# Building.


def test_what_is_due_is_built_and_to_be_looked_at(now):
    user = person(now, chart=False)
    entries.mark_due(user_ids=[user.id], now=now)
    assert building.build_due(now=now) == 1
    entry = entry_of(user)
    assert has_vectors(user) == [True] * 3
    assert (entry.due_at, entry.claimed_until, entry.built_at, entry.consider_at) == (None, None, now, now)
    assert entry.features_version == vectors.FEATURES_VERSION


def test_what_is_not_due_is_left_alone(now):
    user = built(now, chart=False)
    assert building.build_due(now=now + timedelta(hours=1)) == 0
    assert entry_of(user).built_at == now


def test_what_somebody_else_is_at_is_left_to_them_until_they_are_gone(now):
    user = person(now, chart=False)
    entries.mark_due(user_ids=[user.id], now=now)
    PoolEntry.objects.update(claimed_until=now + building.CLAIM)
    assert building.build_due(now=now) == 0
    assert building.build_due(now=now + building.CLAIM) == 1


@pytest.mark.parametrize(
    "out",
    [
        lambda user: ConnectProfile.objects.filter(user=user).update(is_active=False),
        lambda user: Profile.objects.filter(user=user).update(birth_date=None),
        lambda user: ConnectProfile.objects.filter(user=user).delete(),
    ],
    ids=["inactive", "no birth date", "never in the pool"],
)
def test_who_is_not_in_the_pool_has_no_vectors(now, out):
    user = built(now, chart=False)
    out(user)
    entries.mark_due(user_ids=[user.id], now=now)
    assert building.build_due(now=now) == 1
    assert has_vectors(user) == [False] * 3
    assert (entry_of(user).due_at, entry_of(user).consider_at) == (None, None)


def test_the_facts_of_the_filters_are_stored(now):
    user = built(now, chart=False, min_age=20, max_age=44, distance_km=50)
    entry = entry_of(user)
    assert (entry.birth_date.year, entry.min_age, entry.max_age, entry.max_km) == (1992, 20, 44, 50.0)
    assert (round(entry.north), round(entry.east)) == (53, 13)
    assert len(entry.languages) == vectors.LANGUAGE_BYTES


def test_no_limit_and_no_place_are_stored_as_such(now):
    entry = entry_of(built(now, chart=False, distance_km=None, cell=""))
    assert (np.isinf(entry.max_km), np.isnan(entry.north), np.isnan(entry.east)) == (True, True, True)


def test_queries_do_not_grow_with_how_many_are_due(now):
    def queries(people):
        for _ in range(people):
            likes(person(now, chart=False), music=80)
        entries.adopt(now=now)
        with CaptureQueriesContext(connection) as found:
            assert building.build_due(now=timezone.now()) == people
        return len(found)

    assert queries(2) == queries(11)


def test_no_more_than_asked_for_are_taken_at_once(now):
    for _ in range(3):
        person(now, chart=False)
    entries.adopt(now=now)
    assert [building.build_due(now=now, limit=2) for _ in range(3)] == [2, 1, 0]


def test_what_becomes_due_while_it_is_built_stays_due(now, monkeypatch):
    user, later = person(now, chart=False), now + timedelta(seconds=1)
    real = building._claim

    def claim(moment, limit):
        claimed = real(moment, limit)
        if moment == now:
            entries.mark_due(user_ids=[user.id], now=later)
        return claimed

    entries.mark_due(user_ids=[user.id], now=now)
    monkeypatch.setattr(building, "_claim", claim)
    assert building.build_due(now=now) == 1
    assert entry_of(user).due_at == later
    assert building.build_due(now=later) == 1
    assert entry_of(user).due_at is None


# Becoming due.


def test_marking_twice_is_one_entry(now):
    user = person(now, chart=False)
    for seconds in (0, 1):
        entries.mark_due(user_ids=[user.id], now=now + timedelta(seconds=seconds))
    assert entry_of(user).due_at == now + timedelta(seconds=1)


def test_marking_due_keeps_the_vectors_until_there_are_new_ones(now):
    user = built(now, chart=False)
    entries.mark_due(user_ids=[user.id], now=now)
    assert has_vectors(user) == [True] * 3


def test_a_judgement_makes_the_own_entry_due_alone(now):
    user, other = person(now, chart=False), person(now, chart=False)
    loaded(now)
    match = match_of(user, other, now, MatchStatus.REVEALED)
    feedback.give(match_id=match.id, by=user.id, judgement=Judgement(rating=5), now=now)
    assert (entry_of(user).due_at, entry_of(other).due_at) == (now, None)


def test_a_chart_that_is_computed_makes_the_entry_due(now):
    user = built(now, chart=False)
    born(user, now)
    assert entry_of(user).due_at == now


# Adopting what nobody told of.


def test_who_has_no_entry_gets_one(now):
    user, outside = person(now, chart=False), account()
    assert entries.are_wanting()
    entries.adopt(now=now)
    assert entry_of(user).due_at == now
    assert not PoolEntry.objects.filter(user=outside).exists()


def test_who_has_one_that_is_up_to_date_is_left_alone(now):
    user = up_to_date(chart=False)
    assert not entries.are_wanting()
    entries.adopt(now=now)
    assert entry_of(user).due_at is None


@pytest.mark.parametrize(
    "change",
    [
        lambda user, later: ConnectProfile.objects.filter(user=user).update(updated_at=later),
        lambda user, later: Profile.objects.filter(user=user).update(updated_at=later),
        lambda user, later: PoolEntry.objects.filter(user=user).update(features_version="features-v0"),
    ],
    ids=["wishes", "profile", "another engine"],
)
def test_an_outdated_one_is_built_anew(now, change):
    user, later = up_to_date(chart=False), timezone.now() + timedelta(minutes=1)
    change(user, later)
    assert entries.are_wanting()
    entries.adopt(now=later)
    assert entry_of(user).due_at == later


@pytest.mark.parametrize("gone", ["inactive", "no birth date"])
def test_who_is_not_in_the_pool_gets_none(now, gone):
    person(now, chart=False, **({"is_active": False} if gone == "inactive" else {"birth_date": None}))
    assert not entries.are_wanting()
    entries.adopt(now=now)
    assert not PoolEntry.objects.exists()


# Taking back.


def test_leaving_the_pool_empties(now):
    user, stays = built(now), built(now)
    pool.deactivate(user_id=user.id, now=now)
    assert (has_vectors(user), has_vectors(stays)) == ([False] * 3, [True] * 3)
    follow(now)
    assert has_vectors(user) == [False] * 3


def test_coming_back_fills_again(now):
    user = built(now)
    pool.deactivate(user_id=user.id, now=now)
    ConnectProfile.objects.filter(user=user).update(is_active=True)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    assert has_vectors(user) == [True] * 3


@pytest.mark.parametrize(
    ("purpose", "gone", "stays"),
    [(Purpose.ASTROLOGY, "astro", "hd"), (Purpose.HUMAN_DESIGN, "hd", "astro")],
)
def test_a_consent_taken_back_empties_at_once_and_is_not_built_in_again(now, purpose, gone, stays):
    user = built(now)
    assert entry_of(user).present & BIRTH == BIRTH
    consents.revoke(user_id=user.id, purpose=purpose, now=now)
    assert has_vectors(user) == [False] * 3
    follow(now)
    entry = entry_of(user)
    assert (entry.present & BIT[gone], entry.present & BIT[stays]) == (0, BIT[stays])
    for vector in (entry.query, entry.key):
        assert not np.any(np.array(vector)[columns(gone)])
        assert np.any(np.array(vector)[columns(stays)])


def test_birth_data_taken_back_empties_too(now):
    user = built(now)
    BirthData.objects.filter(user=user).delete()
    birth_changed.send(sender=None, user_id=user.id, now=now)
    assert has_vectors(user) == [False] * 3
    follow(now)
    assert entry_of(user).present & BIRTH == 0
    assert has_vectors(user) == [True] * 3


def test_another_consent_taken_back_empties_nothing(now):
    user = built(now)
    consent(user, Purpose.ANALYTICS, now)
    consents.revoke(user_id=user.id, purpose=Purpose.ANALYTICS, now=now)
    assert has_vectors(user) == [True] * 3


def test_a_birth_that_changes_is_built_in_when_its_chart_is(now):
    user = built(now)
    before = np.array(entry_of(user).key)[columns("astro")]
    BirthData.objects.filter(user=user).update(time=time(19, 30))
    charts.mark_due(user_id=user.id, now=now)
    charts.compute_due(now=now)
    follow(now)
    assert not np.allclose(np.array(entry_of(user).key)[columns("astro")], before)


# Looked at.


def test_a_run_looks_at_everybody_whose_entry_it_saw(now):
    user, other = person(now, chart=False), person(now, chart=False)
    runs.request(now=now)
    done = runs.run_requested(now=now)
    assert [entry_of(one).considered_at for one in (user, other)] == [done.started_at] * 2


def test_what_is_due_or_waits_for_later_is_not_said_to_be_looked_at(now):
    seen, due, later = (built(now, chart=False) for _ in range(3))
    PoolEntry.objects.update(considered_at=None, consider_at=now)
    PoolEntry.objects.filter(user=due).update(due_at=now)
    PoolEntry.objects.filter(user=later).update(consider_at=now + timedelta(seconds=30))
    entries.considered(Q(), at=now)
    assert [entry_of(user).considered_at for user in (seen, due, later)] == [now, None, None]
    assert entry_of(later).consider_at == now + timedelta(seconds=30)


def test_entries_that_another_engine_made_are_in_no_pool(now):
    user, other = person(now, chart=False), person(now, chart=False)
    loaded(now)
    PoolEntry.objects.filter(user=user).update(features_version="features-v0")
    assert people.load(capacity=numbers().capacity, now=now).ids == [other.id]


def test_charts_and_entries_stand_apart(now):
    """The chart is kept for its owner to read, the entry for the engine: the pool's end ends the entry alone."""
    user = built(now)
    pool.deactivate(user_id=user.id, now=now)
    assert Chart.objects.get(user=user).astro_features is not None
