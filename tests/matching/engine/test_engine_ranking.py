"""Shortlists and proposals: exact, within capacity, fair, the same every time."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.proposals import Pairs, lift, possible_pairs, proposals
from matching.engine.ranking import NOBODY, exposure, gini, merge, shortlist

SEEDS = st.integers(0, 2**32 - 1)


def random_pairs(n: int, seed: int, density: float) -> Pairs:
    rng = np.random.default_rng(seed)
    first, second = np.nonzero(np.triu(rng.random((n, n)) < density, 1))
    return Pairs(first, second, rng.uniform(0, 100, len(first)))


def no_history(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(n), np.zeros(n, dtype=np.int64)


def best_worth(pairs: Pairs, capacity: int) -> float:
    """The most worth any choice within capacity has, by trying all (a few pairs only); lifts are equal for
    all.
    """
    best = 0.0
    for size in range(len(pairs) + 1):
        for chosen in combinations(range(len(pairs)), size):
            part = list(chosen)
            load = np.bincount(np.r_[pairs.first[part], pairs.second[part]].astype(int), minlength=1)
            if load.max(initial=0) <= capacity:
                best = max(best, float((pairs.worth[part] + 5.0).sum()))
    return best


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_a_shortlist_is_the_sorted_best_of_the_allowed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 20, (6, 30)).astype(np.float32)
    allowed = rng.random((6, 30)) < 0.4
    found = shortlist(scores, allowed, 8)
    for row in range(6):
        order = sorted(np.flatnonzero(allowed[row]), key=lambda column: (-scores[row, column], column))[:8]
        assert found.candidates[row].tolist() == [*order, *[NOBODY] * (8 - len(order))]
        assert found.worth[row, : len(order)].tolist() == scores[row, order].tolist()
        assert np.isnan(found.worth[row, len(order) :]).all()


def test_pairs_without_a_score_are_not_shortlisted() -> None:
    found = shortlist(np.float32([[np.nan, 3.0]]), np.array([[True, True]]), 2)
    assert found.candidates.tolist() == [[1, NOBODY]]


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_merged_blocks_give_the_shortlist_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, allowed = rng.integers(0, 9, (4, 40)).astype(np.float32), rng.random((4, 40)) < 0.3
    parts = [shortlist(scores[:, at : at + 16], allowed[:, at : at + 16], 5, at) for at in (0, 16, 32)]
    merged, whole = merge(parts, 5), shortlist(scores, allowed, 5)
    assert np.array_equal(merged.candidates, whole.candidates)
    assert np.array_equal(merged.worth, whole.worth, equal_nan=True)


def test_possible_pairs_are_on_one_list_or_the_other_once() -> None:
    scores = np.float32([[0, 50, 20], [50, 0, 40], [20, 40, 0]])
    pairs = possible_pairs(shortlist(scores, ~np.eye(3, dtype=bool), 1))
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


@pytest.mark.parametrize("seed", range(12))
def test_proposals_are_near_the_best_possible(seed: int) -> None:
    pairs = random_pairs(8, seed, 0.45)
    pairs = Pairs(pairs.first[:13], pairs.second[:13], pairs.worth[:13])
    chosen = proposals(pairs, *no_history(8))
    assert (pairs.worth[chosen] + 5.0).sum() >= 0.9 * best_worth(pairs, 1)


def test_an_exchange_serves_four_where_greed_serves_two() -> None:
    pairs = Pairs(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([50.0, 60.0, 50.0]))
    assert proposals(pairs, *no_history(4)).tolist() == [0, 2]


def test_who_waited_and_who_is_rarely_shown_come_first() -> None:
    pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([52.0, 50.0]))
    waited, shown = no_history(3)
    assert proposals(pairs, waited, shown).tolist() == [0]
    assert proposals(pairs, np.array([0.0, 0.0, 9.0]), shown).tolist() == [1]
    assert proposals(pairs, waited, np.array([0, 40, 0])).tolist() == [1]


def test_waiting_lifts_only_so_far() -> None:
    assert lift(np.array([3.0, 10.0, 500.0]), np.array([0, 0, 0])).tolist() == [8.0, 15.0, 15.0]


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
