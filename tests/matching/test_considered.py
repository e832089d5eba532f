"""Proposals for one person at a time: who came, changed or was freed does not wait for a run."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from connect.enums import Gender, Mode
from connect.models import ConnectProfile, OffLimitsTopic
from connect.services import pool
from connect.signals import profile_changed
from connect.vectors import COMMUNICATION, VALUES
from matching.engine import filters
from matching.enums import MatchStatus, RunStatus
from matching.models import Match, MatchingRun, PoolEntry
from matching.services import building, drafts, entries, newcomers, pairs, people, pipeline
from safety.enums import BlockSource
from safety.models import Block
from tests.matching.builders import (
    BERLIN,
    MUNICH,
    account,
    cell,
    entry_of,
    follow,
    likes,
    loaded,
    match_of,
    numbers,
    person,
)

pytestmark = pytest.mark.django_db

POTSDAM, SUVA, LABASA = (52.4, 13.06), (-18.14, 178.44), (-16.43, 179.37)
PLACES = [BERLIN, POTSDAM, MUNICH, SUVA, LABASA, (-16.8, -179.95), (89.9, 0.0), (89.9, 180.0)]


def standing(now, *users):
    """Everybody was looked at: nobody waits."""
    loaded(now)
    PoolEntry.objects.update(consider_at=None, considered_at=now)
    return users


def came(now, **wishes):
    """A newcomer whom the sweep has followed."""
    user = person(now, chart=False, **wishes)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    return user


def partners(user):
    found = Match.objects.of(user.id)
    return {match.user_b_id if match.user_a_id == user.id else match.user_a_id for match in found.open()}


def test_a_newcomer_gets_a_proposal_without_a_run(now):
    (other,) = standing(now, person(now, chart=False))
    user = came(now)
    match = Match.objects.get()
    assert partners(user) == {other.id}
    assert (match.run, match.engine_version, match.expires_at) == (None, numbers().version, now + numbers().lifetime)
    assert not MatchingRun.objects.exists()


def test_a_profile_that_changed_gets_its_proposals_without_a_run(now):
    user, other = standing(now, person(now, chart=False, preferred_genders=["male"]), person(now, chart=False))
    assert partners(user) == set()
    ConnectProfile.objects.filter(user=user).update(preferred_genders=[])
    profile_changed.send(sender=None, user_id=user.id, active=True, now=now)
    follow(now)
    assert partners(user) == {other.id}
    assert not MatchingRun.objects.exists()


def test_the_best_of_all_is_proposed(now):
    rng = np.random.default_rng(3)
    crowd = [person(now, chart=False, values_vector=rng.uniform(-1, 1, len(VALUES))) for _ in range(6)]
    alike = person(now, chart=False, values_vector=np.linspace(-1, 1, len(VALUES)))
    standing(now, *crowd, alike)
    assert partners(came(now, values_vector=np.linspace(-1, 1, len(VALUES)))) == {alike.id}


def test_nobody_is_looked_at_twice(now):
    user = came(now, preferred_genders=["male"])
    assert entry_of(user).considered_at == now
    assert newcomers.consider_due(now=now + timedelta(hours=1)) == 0


def test_whom_somebody_else_looks_at_is_left_to_them_until_they_are_gone(now):
    user = person(now, chart=False)
    loaded(now)
    PoolEntry.objects.update(claimed_until=now + newcomers.CLAIM)
    assert newcomers.consider_due(now=now) == 0
    assert newcomers.consider_due(now=now + newcomers.CLAIM) == 1
    assert entry_of(user).claimed_until is None


def test_no_more_than_asked_for_are_taken_at_once(now):
    for _ in range(3):
        person(now, chart=False, preferred_genders=["male"])
    loaded(now)
    assert [newcomers.consider_due(now=now, limit=2) for _ in range(3)] == [2, 1, 0]


REFUSED = {
    "mode": {"mode": Mode.FRIENDSHIP},
    "gender sought": {"preferred_genders": ["male"]},
    "gender": {"gender": Gender.MALE},
    "too young": {"birth_date": date(2006, 3, 14)},
    "seeks older": {"min_age": 60},
    "seeks younger": {"min_age": 18, "max_age": 20},
    "too far": {"cell": cell(MUNICH)},
    "no common language": {"language_pref": ["fr"]},
}


@pytest.mark.parametrize("wish", REFUSED.values(), ids=REFUSED)
def test_hard_filters_hold_both_ways(now, wish):
    open_to = {"mode": Mode.ROMANCE, "preferred_genders": ["female"], "distance_km": 100, "min_age": 25}
    standing(now, person(now, chart=False, **open_to))
    assert partners(came(now, **open_to | wish)) == set()


def test_and_who_passes_them_all_is_proposed(now):
    open_to = {"mode": Mode.ROMANCE, "preferred_genders": ["female"], "distance_km": 100, "min_age": 25}
    (other,) = standing(now, person(now, chart=False, **open_to))
    assert partners(came(now, **open_to)) == {other.id}


def test_topics_that_are_off_limits_keep_apart(now):
    other = person(now, chart=False)
    OffLimitsTopic.objects.create(user=other, topic_key="music")
    standing(now, other)
    user = person(now, chart=False)
    likes(user, music=90)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    assert partners(user) == set()


def test_who_blocked_is_not_proposed(now):
    (other,) = standing(now, person(now, chart=False))
    user = person(now, chart=False)
    Block.objects.create(blocker=other, blocked=user, source=BlockSource.MANUAL, alias="x")
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    assert partners(user) == set()


def test_who_declined_is_not_proposed_until_the_rest_is_over(now):
    one, other = standing(now, person(now, chart=False), person(now, chart=False))
    match_of(one, other, now, MatchStatus.DECLINED, ended_at=now)
    for moment, expected in ((now, set()), (now + numbers().decline_rest, {other.id})):
        entries.mark_due(user_ids=[one.id], now=moment)
        follow(moment)
        assert partners(one) == expected


def test_who_has_no_room_is_not_proposed(now):
    one, other = standing(now, person(now, chart=False), person(now, chart=False))
    match_of(one, other, now)
    assert partners(came(now)) == set()


def test_who_has_no_room_is_said_to_be_looked_at(now):
    one, other = standing(now, person(now, chart=False), person(now, chart=False))
    match_of(one, other, now)
    entries.mark_due(user_ids=[one.id], now=now)
    follow(now)
    assert len(partners(one)) == 1
    assert entry_of(one).consider_at is None


def test_who_is_too_unlike_is_not_proposed(now):
    def like(worth):
        answers = {"values_vector": len(VALUES), "communication_vector": len(COMMUNICATION)}
        return {name: np.full(width, worth) for name, width in answers.items()} | {"emotional_readiness_score": 0}

    standing(now, person(now, chart=False, **like(0.5)))
    assert partners(came(now, **like(-0.5))) == set()


@pytest.mark.parametrize(
    "act",
    [
        lambda user, other, now: pool.deactivate(user_id=other.id, now=now),
        lambda user, other, now: entries.mark_due(user_ids=[other.id], now=now),
        lambda user, other, now: Block.objects.create(
            blocker=other, blocked=user, source=BlockSource.MANUAL, alias="x"
        ),
        lambda user, other, now: match_of(other, account(), now),
    ],
    ids=["left", "changed", "blocked", "found somebody else"],
)
def test_what_changed_while_the_engine_worked_counts(now, monkeypatch, act):
    (other,) = standing(now, person(now, chart=False))
    user = person(now, chart=False)
    real = drafts.put

    def late(**kwargs):
        act(user, other, now)
        return real(**kwargs)

    monkeypatch.setattr(drafts, "put", late)
    entries.mark_due(user_ids=[user.id], now=now)
    newcomers_of(now)
    assert partners(user) == set()


def newcomers_of(now):
    """The sweep, once."""
    building.build_due(now=now)
    newcomers.consider_due(now=now)


def test_a_fault_with_one_keeps_the_others_from_nothing(now, monkeypatch):
    first, second, third = (person(now, chart=False, preferred_genders=["male"]) for _ in range(3))
    loaded(now)
    real = newcomers._consider

    def broken(entry, moment):
        if entry.user_id == first.id:
            raise ZeroDivisionError("boom")
        real(entry, moment)

    monkeypatch.setattr(newcomers, "_consider", broken)
    assert newcomers.consider_due(now=now) == 3
    assert [entry_of(user).considered_at for user in (first, second, third)] == [None, now, now]
    monkeypatch.undo()
    assert newcomers.consider_due(now=now + newcomers.CLAIM) == 1


def test_who_changed_while_looked_at_is_built_at_once(now, monkeypatch):
    user = person(now, chart=False)
    loaded(now)
    real = people.load

    def load(**kwargs):
        entries.mark_due(user_ids=[user.id], now=now)
        return real(**kwargs)

    monkeypatch.setattr(people, "load", load)
    newcomers.consider_due(now=now)
    entry = entry_of(user)
    assert (entry.due_at, entry.claimed_until, entry.considered_at) == (now, None, None)


def test_an_entry_without_vectors_is_passed_over(now):
    """Somebody who was in no pool when their entry was made, and is freed by the end of a match."""
    user = person(now, chart=False, is_active=False)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    entries.mark_free(user_ids=[user.id], now=now)
    assert newcomers.consider_due(now=now + entries.REST_AFTER_END) == 0


def test_many_at_once_are_left_to_a_run(now, monkeypatch):
    monkeypatch.setattr(newcomers, "RUN_INSTEAD", 3)
    for _ in range(3):
        person(now, chart=False)
    loaded(now)
    assert newcomers.consider_due(now=now) == 0
    assert MatchingRun.objects.get().status == RunStatus.REQUESTED
    assert not Match.objects.exists()


def test_fewer_are_not(now, monkeypatch):
    monkeypatch.setattr(newcomers, "RUN_INSTEAD", 3)
    for _ in range(2):
        person(now, chart=False)
    loaded(now)
    assert newcomers.consider_due(now=now) == 2
    assert not MatchingRun.objects.exists()


def test_queries_do_not_grow_with_the_pool(now):
    def queries():
        user = person(now, chart=False)
        loaded(now)
        PoolEntry.objects.exclude(user=user).update(consider_at=None)
        with CaptureQueriesContext(connection) as found:
            assert newcomers.consider_due(now=now) == 1
        Match.objects.all().delete()
        return len(found)

    queries()
    few = queries()
    for _ in range(8):
        person(now, chart=False)
    assert queries() == few


WISHES = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(Mode),
        "gender": st.sampled_from(["", *Gender]),
        "preferred_genders": st.lists(st.sampled_from(Gender), unique=True, max_size=3),
        "birth_date": st.dates(date(1950, 1, 1), date(2006, 12, 31)),
        "min_age": st.integers(18, 40),
        "max_age": st.integers(40, 99),
        "distance_km": st.sampled_from([10, 100, 600, None]),
        "cell": st.sampled_from(["", *(cell(place) for place in PLACES)]),
        "language_pref": st.sampled_from([["en"], ["de"], ["en", "de"]]),
        "values_vector": st.integers(0, 10**6).map(
            lambda seed: np.random.default_rng(seed).uniform(-1, 1, len(VALUES))
        ),
    }
)


class TheSameAsARun(TestCase):
    @examples(max_examples=25, deadline=None)
    @given(st.lists(WISHES, min_size=2, max_size=9))
    def test_nobody_whom_a_run_would_allow_is_lost(self, crowd):
        now = timezone.now()
        user, *_ = [person(now, chart=False, **wishes) for wishes in crowd]
        whole = loaded(now, capacity=5)
        entry = entry_of(user)
        around = newcomers._allowed(entry, now.date())
        at = whole.ids.index(user.id)
        row = filters.allowed(whole.pool.take(np.array([at])), whole.pool)[0]
        assert {one for one, may in zip(whole.ids, row, strict=True) if may} == set(around)

    @examples(max_examples=15, deadline=None)
    @given(st.lists(WISHES, min_size=2, max_size=8))
    def test_the_best_partner_is_the_one_a_run_ranks_first(self, crowd):
        now = timezone.now()
        user, *_ = [person(now, chart=False, **wishes) for wishes in crowd]
        parameters = numbers(threshold=0.0, shortlist=1, exposure_lift=0.0, waiting_lift=0.0, capacity=10)
        whole = loaded(now, capacity=10)
        nobody = pairs.excluded(whole.ids, decline_rest=parameters.decline_rest, now=now)
        alone = pipeline.propose_to(whole.ids.index(user.id), whole, nobody, parameters=parameters)
        together = pipeline.propose(whole, nobody, parameters=parameters)
        at = whole.ids.index(user.id)
        theirs = {(draft.first, draft.second): draft.fields for draft in together.drafts}
        for draft in alone.drafts:
            assert at in (draft.first, draft.second)
            assert theirs[draft.first, draft.second] == draft.fields
        assert bool(alone.drafts) == any(at in pair for pair in theirs)
