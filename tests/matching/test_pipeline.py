"""From the pool to proposals: every filter, every exclusion, the threshold, the words."""

from datetime import date, timedelta

import numpy as np
import pytest

from connect.enums import Gender, Mode
from connect.models import ConnectProfile, OffLimitsTopic
from connect.services import pool
from connect.vectors import VALUES
from matching.engine import blocks
from matching.enums import ConnectionStatus, MatchStatus, Origin
from matching.models import Connection
from safety.enums import BlockSource
from safety.models import Block
from tests.matching.builders import BERLIN, MUNICH, cell, likes, loaded, match_of, numbers, outcome, person

pytestmark = pytest.mark.django_db


def proposed(now, **changes):
    return len(outcome(now, **changes).drafts)


def connected(one, other, status=ConnectionStatus.ACTIVE):
    low, high = sorted((one.id, other.id))
    connection = Connection.objects.create(user_low_id=low, user_high_id=high, origin=Origin.FACE)
    Connection.objects.filter(id=connection.id).update(status=status)


def test_two_who_fit_are_proposed(now):
    person(now), person(now)
    assert proposed(now) == 1


def test_one_alone_is_left_without(now):
    person(now)
    found = outcome(now)
    assert (found.drafts, found.left_without) == ([], 1)


@pytest.mark.parametrize(
    ("name", "mine", "theirs"),
    [
        ("age", {"min_age": 40, "max_age": 50}, {}),
        ("distance", {"distance_km": 50}, {"cell": cell(MUNICH)}),
        ("language", {"language_pref": ["de"]}, {}),
        ("mode", {"mode": Mode.ROMANCE}, {"mode": Mode.FRIENDSHIP}),
        ("gender", {"preferred_genders": [Gender.MALE]}, {}),
    ],
)
def test_each_hard_filter_turns_the_pair_down(now, name, mine, theirs):
    person(now, chart=False, **mine), person(now, chart=False, **theirs)
    found = outcome(now)
    assert found.drafts == []
    assert {rule: n for rule, n in found.rejected.items() if n} == {name: 2}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"min_age": 30, "max_age": 40}, {}),
        ({"distance_km": 700}, {"cell": cell(MUNICH)}),
        ({"language_pref": ["de", "en"]}, {}),
        ({"mode": Mode.ROMANCE}, {"mode": Mode.BOTH}),
        ({"preferred_genders": [Gender.FEMALE]}, {}),
    ],
    ids=["age", "distance", "language", "mode", "gender"],
)
def test_inside_each_filter_the_pair_passes(now, mine, theirs):
    person(now, chart=False, **mine), person(now, chart=False, **theirs)
    assert proposed(now) == 1


@pytest.mark.parametrize(("score", "count"), [(70, 0), (69, 1)])
def test_an_off_limits_topic_keeps_the_keen_away(now, score, count):
    one, other = person(now, chart=False), person(now, chart=False)
    OffLimitsTopic.objects.create(user=one, topic_key="music")
    likes(other, music=score)
    assert proposed(now) == count


def test_a_block_works_both_ways(now):
    one, other = person(now, chart=False), person(now, chart=False)
    Block.objects.create(blocker=other, blocked=one, source=BlockSource.MANUAL, alias="x")
    found = outcome(now)
    assert (found.drafts, found.rejected["blocked"]) == ([], 2)


@pytest.mark.parametrize("status", list(ConnectionStatus))
def test_who_were_connected_are_not_anonymous_again(now, status):
    connected(person(now, chart=False), person(now, chart=False), status)
    found = outcome(now)
    assert (found.drafts, found.rejected["connected"]) == ([], 2)


@pytest.mark.parametrize("status", [MatchStatus.DECLINED, MatchStatus.EXPIRED, MatchStatus.CLOSED])
def test_a_declined_pair_rests_and_comes_back(now, status):
    one, other = person(now, chart=False), person(now, chart=False)
    match_of(one, other, now, status, ended_at=now - numbers().decline_rest + timedelta(minutes=1))
    assert proposed(now) == 0
    assert proposed(now + timedelta(minutes=2)) == 1


@pytest.mark.parametrize(
    ("status", "count"),
    [
        (MatchStatus.PROPOSED, 1),
        (MatchStatus.ACCEPTED_A, 1),
        (MatchStatus.ACCEPTED_B, 1),
        (MatchStatus.ACCEPTED_BOTH, 0),
        (MatchStatus.BLIND_CHAT_ACTIVE, 0),
        (MatchStatus.REVEALED, 0),
    ],
)
def test_a_closed_pair_is_exhausted_once_both_had_accepted(now, status, count):
    match = match_of(person(now, chart=False), person(now, chart=False), now, status)
    match.status, match.ended_at = MatchStatus.CLOSED, now - 10 * numbers().decline_rest
    match.save()
    assert proposed(now) == count


def test_a_pair_that_ended_twice_rests_from_the_later_end(now):
    one, other = person(now, chart=False), person(now, chart=False)
    match_of(one, other, now, MatchStatus.CLOSED, ended_at=now - 2 * numbers().decline_rest)
    match_of(one, other, now, MatchStatus.DECLINED, ended_at=now - timedelta(days=1))
    assert proposed(now) == 0


def test_leaving_and_coming_back_is_no_end_for_good(now):
    one, other = person(now, chart=False), person(now, chart=False)
    match_of(one, other, now)
    pool.deactivate(user_id=one.id, now=now)
    ConnectProfile.objects.filter(user=one).update(is_active=True)
    assert proposed(now + timedelta(minutes=1)) == 0
    back = now + numbers().decline_rest
    assert proposed(back) == 1
    Block.objects.create(blocker=other, blocked=one, source=BlockSource.MANUAL, alias="x")
    assert proposed(back) == 0


def test_the_threshold_is_on_the_total(now):
    person(now, chart=False), person(now, chart=False)
    total = float(outcome(now).drafts[0].fields["total_score"])
    assert proposed(now, threshold=total - 0.01) == 1
    assert proposed(now, threshold=total + 0.01) == 0


@pytest.mark.parametrize(
    ("modes", "profile"),
    [((Mode.BOTH, Mode.ROMANCE), "connect"), ((Mode.BOTH, Mode.FRIENDSHIP), "friendship")],
)
def test_the_weight_profile_follows_what_both_allow(now, modes, profile):
    for mode in modes:
        person(now, chart=False, mode=mode)
    assert outcome(now).drafts[0].fields["weight_profile"] == getattr(numbers(), profile).version


def test_both_profiles_stand_side_by_side(now):
    for mode in (Mode.ROMANCE, Mode.ROMANCE, Mode.FRIENDSHIP, Mode.FRIENDSHIP):
        person(now, chart=False, mode=mode)
    versions = [draft.fields["weight_profile"] for draft in outcome(now).drafts]
    assert sorted(versions) == [numbers().connect.version, numbers().friendship.version]


def test_a_missing_dimension_is_null_and_the_rest_is_renormalized(now):
    person(now, chart=False), person(now)
    fields = outcome(now).drafts[0].fields
    assert fields["astro_score"] is None
    assert fields["explanation"]["scores"]["astro"] is None
    rest = {"values": 0.30, "communication": 0.20, "readiness": 0.15}
    expected = sum(fields["score_breakdown"][name] * weight for name, weight in rest.items()) / sum(rest.values())
    assert float(fields["total_score"]) == pytest.approx(expected, abs=0.02)


def test_what_is_shown_is_in_steps_of_five_with_reasons(now):
    person(now), person(now)
    said = outcome(now).drafts[0].fields["explanation"]
    shown = [said["total"], *(score for score in said["scores"].values() if score is not None)]
    assert all(score % 5 == 0 for score in shown)
    assert len(said["reasons"]) >= 2
    assert all(set(reason) == {"code", "params"} for reason in said["reasons"])


def test_the_size_of_blocks_changes_no_proposal(now, monkeypatch):
    rng = np.random.default_rng(5)
    for _ in range(12):
        person(now, chart=False, values_vector=rng.uniform(-1, 1, len(VALUES)), mode=rng.choice(list(Mode)))
    whole = outcome(now)
    assert len(whole.drafts) > 2
    monkeypatch.setattr(blocks, "BLOCK", 2)
    parts = outcome(now)
    assert parts.drafts == whole.drafts
    assert parts.rejected == whole.rejected


def test_who_waited_longer_goes_first(now):
    rare = person(now, chart=False, mode=Mode.ROMANCE, preferred_genders=[Gender.MALE])
    long, short = (person(now, chart=False, gender=Gender.MALE, preferred_genders=["female"]) for _ in range(2))
    ConnectProfile.objects.filter(user=long).update(activated_at=now - timedelta(days=9))
    population = loaded(now, capacity=1)
    (draft,) = outcome(now).drafts
    assert {population.ids[draft.first], population.ids[draft.second]} == {rare.id, long.id}
    assert short.id not in {population.ids[draft.first], population.ids[draft.second]}


def test_the_youngest_and_oldest_age_count(now):
    born = date(now.year - 30, now.month, 1)
    person(now, chart=False, birth_date=born, cell=cell(BERLIN))
    person(now, chart=False, min_age=30, max_age=30)
    assert proposed(now) == 1
