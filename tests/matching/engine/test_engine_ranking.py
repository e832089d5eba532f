"""The best of some candidates, proposals within capacity, exposure. Whole pools: test_engine_shortlists."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.proposals import Pairs, lift, possible_pairs, proposals
from matching.engine.ranking import NOBODY, Shortlist, best, exposure, gini

SEEDS = st.integers(0, 2**32 - 1)

LIFTS = {"waiting_lift": 1.0, "waiting_bound": 10.0, "exposure_lift": 5.0}


def random_pairs(n: int, seed: int, density: float) -> Pairs:
    rng = np.random.default_rng(seed)
    first, second = np.nonzero(np.triu(rng.random((n, n)) < density, 1))
    return Pairs(first, second, rng.uniform(0, 100, len(first)))


def no_history(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(n), np.zeros(n, dtype=np.int64)


def shortlist(worth: np.ndarray, k: int) -> Shortlist:
    """Everybody's best out of a whole matrix."""
    lists, everybody = Shortlist.empty(len(worth), k), np.arange(len(worth))
    for person, row in enumerate(worth):
        chosen = best(row, everybody, k)
        lists.candidates[person, : len(chosen)], lists.worth[person, : len(chosen)] = chosen, row[chosen]
    return lists


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_best_are_sorted_by_worth_then_index_and_nan_is_not_among_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    worth = rng.integers(0, 9, 30).astype(np.float32)
    worth[rng.random(30) < 0.3] = np.nan
    candidates = rng.permutation(100)[:30]
    order = sorted(np.flatnonzero(~np.isnan(worth)), key=lambda at: (-worth[at], candidates[at]))
    assert best(worth, candidates, 8).tolist() == order[:8]


def test_possible_pairs_are_on_one_list_or_the_other_once() -> None:
    scores = np.float32([[np.nan, 50, 20], [50, np.nan, 40], [20, 40, np.nan]])
    pairs = possible_pairs(shortlist(scores, 1))
    assert list(zip(pairs.first, pairs.second, pairs.worth, strict=True)) == [(0, 1, 50.0), (1, 2, 40.0)]


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 3), st.sampled_from([0.05, 0.3, 0.9]))
def test_nobody_gets_more_than_their_capacity(seed: int, capacity: int, density: float) -> None:
    pairs = random_pairs(25, seed, density)
    chosen = proposals(pairs, *no_history(25), capacity)
    load = np.bincount(np.r_[pairs.first[chosen], pairs.second[chosen]], minlength=25)
    assert load.max(initial=0) <= capacity
    assert len(set(chosen.tolist())) == len(chosen)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_pair_is_left_out_that_both_sides_have_room_for(seed: int) -> None:
    pairs = random_pairs(20, seed, 0.2)
    chosen = proposals(pairs, *no_history(20))
    busy = {*pairs.first[chosen].tolist(), *pairs.second[chosen].tolist()}
    assert all(one in busy or other in busy for one, other in zip(pairs.first, pairs.second, strict=True))


def test_capacity_may_differ_by_person() -> None:
    pairs = Pairs(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([50.0, 60.0, 70.0]))
    assert proposals(pairs, *no_history(4), np.array([2, 1, 1, 1])).tolist() == [1, 2]
    assert proposals(pairs, *no_history(4), np.array([0, 1, 1, 1])).tolist() == []


def test_no_pairs_give_no_proposals() -> None:
    assert proposals(Pairs(*(np.empty(0, dtype=int),) * 2, np.empty(0)), *no_history(3)).tolist() == []


def test_an_exchange_serves_four_where_greed_serves_two() -> None:
    pairs = Pairs(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([50.0, 60.0, 50.0]))
    assert proposals(pairs, *no_history(4)).tolist() == [0, 2]


def test_who_waited_and_who_is_rarely_shown_come_first() -> None:
    pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([52.0, 50.0]))
    waited, shown = no_history(3)
    assert proposals(pairs, waited, shown, **LIFTS).tolist() == [0]
    assert proposals(pairs, np.array([0.0, 0.0, 9.0]), shown, **LIFTS).tolist() == [1]
    assert proposals(pairs, waited, np.array([0, 40, 0]), **LIFTS).tolist() == [1]


def test_waiting_lifts_only_so_far() -> None:
    assert lift(np.array([3.0, 10.0, 500.0]), np.array([0, 0, 0]), **LIFTS).tolist() == [8.0, 15.0, 15.0]


def test_the_same_pool_gives_the_same_proposals() -> None:
    pairs = random_pairs(60, 7, 0.3)
    once, again = (proposals(pairs, *no_history(60), 2).tolist() for _ in range(2))
    assert once == again


def test_exposure_counts_how_often_each_is_shown() -> None:
    assert exposure(np.array([[0, 2], [2, NOBODY]]), 4).tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize(
    ("counts", "inequality"), [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([0, 0], 0.0), ([1, 3], 0.25)]
)
def test_gini(counts: list[int], inequality: float) -> None:
    assert gini(np.array(counts)) == pytest.approx(inequality)
