"""What judgements teach: in small steps, bounded in sum, fading."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from populations import random_people
from profiles import CONNECT

from matching.engine.features import DIMENSIONS, features
from matching.engine.learning import DELTA_BOUND, HALF_LIFE, HELD_OUT, STEP, delta, held_out, leanings
from matching.engine.scores import FEEDBACK_BOUND, weighted, worths

TWO = features(random_people(2, 1))

ratings = st.integers(1, 5)
breakdowns = st.fixed_dictionaries({name: st.none() | st.floats(0, 100) for name in DIMENSIONS})
judgements = st.lists(st.tuples(breakdowns, ratings, st.floats(-10, 3000)), max_size=60)


def moved(rating, **scores):
    return dict(zip(DIMENSIONS, delta(scores, rating), strict=True))


def leaning(*deltas, ages=None):
    ages = np.zeros(len(deltas)) if ages is None else np.array(ages, dtype=float)
    return leanings(np.array(deltas).reshape(-1, 8), np.zeros(len(deltas), dtype=np.int64), ages, 1)[0]


def test_liked_raises_what_scored_high_alone():
    found = moved(5, values=100.0, communication=20.0, astro=None)
    assert found["values"] == pytest.approx(STEP)
    assert {name for name, move in found.items() if move} == {"values"}


def test_disliked_lowers_it():
    assert moved(1, values=100.0)["values"] == pytest.approx(-STEP)


def test_a_middle_rating_moves_nothing():
    assert not any(moved(3, values=100.0).values())


def test_a_milder_rating_moves_half():
    assert moved(4, values=100.0)["values"] == pytest.approx(STEP / 2)


def test_one_judgement_stays_within_its_bound():
    found = np.array(list(moved(5, **dict.fromkeys(DIMENSIONS, 100.0)).values()))
    assert np.abs(found).sum() == pytest.approx(DELTA_BOUND)


@given(judgements)
def test_however_many_judgements_stay_within_the_bound(judged):
    found = leaning(*(delta(scores, rating) for scores, rating, _ in judged), ages=[age for *_, age in judged])
    assert np.isfinite(found).all()
    assert (np.abs(found) <= FEEDBACK_BOUND).all()


@given(judgements)
def test_own_weights_stay_weights(judged):
    found = leaning(*(delta(scores, rating) for scores, rating, _ in judged), ages=[age for *_, age in judged])
    made = weighted(replace(TWO, leanings=np.tile(found, (2, 1)).astype(np.float32)), CONNECT)
    scores = worths(made, made)
    assert ((scores >= 0.0) & (scores <= 100.0)).all()


@given(breakdowns, ratings)
def test_one_judgement_moves_about_as_far_as_it_says(scores, rating):
    once = delta(scores, rating)
    np.testing.assert_allclose(leaning(once), once, atol=0.002)


def test_judgements_that_agree_move_more_than_one_each_less_than_the_last():
    once = delta({"values": 100.0}, 5)
    found = [leaning(*[once] * n)[DIMENSIONS.index("values")] for n in (1, 2, 5, 20, 200)]
    gains = np.diff(found)
    assert (gains[:3] > 0).all()
    assert found[1] > 1.9 * found[0]
    assert found[2] < 5 * found[0]
    assert found[-1] <= FEEDBACK_BOUND


def test_judgements_that_contradict_each_other_cancel():
    assert not leaning(delta({"values": 90.0}, 5), delta({"values": 90.0}, 1)).any()


def test_a_judgement_of_a_half_life_ago_counts_half():
    once = delta({"values": 80.0}, 5)
    np.testing.assert_allclose(leaning(once, once, ages=[HALF_LIFE] * 2), leaning(once))


def test_the_newer_of_two_opposed_ones_prevails():
    assert leaning(delta({"values": 90.0}, 5), delta({"values": 90.0}, 1), ages=[400, 1])[2] < 0


def test_one_of_the_future_counts_as_new():
    once = delta({"values": 80.0}, 5)
    np.testing.assert_array_equal(leaning(once, ages=[-5]), leaning(once))


def test_each_learns_from_their_own():
    once = delta({"values": 90.0}, 5)
    found = leanings(np.array([once, -once, once]), np.array([2, 0, 2]), np.zeros(3), 4)
    np.testing.assert_allclose(found[0], leaning(-once))
    np.testing.assert_allclose(found[2], leaning(once, once))
    assert not found[[1, 3]].any()


def test_about_one_match_in_five_is_held_out():
    ids = [UUID(int=number) for number in range(20_000)]
    share = sum(map(held_out, ids)) / len(ids)
    assert share == pytest.approx(1 / HELD_OUT, abs=0.01)


def test_which_are_never_changes():
    known = {"0198c1a2-7d5e-7c3b-9f00-5a1b2c3d4e5f": False, "0198c1a2-7d5e-7c3b-9f00-000000000006": True}
    assert {name: held_out(UUID(name)) for name in known} == known
