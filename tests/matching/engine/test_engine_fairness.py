"""The fairness pass against exact matchings: who is served, how well, and that it does not matter where they stand."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.quality import LIFTS, best_b_matching, best_matching, greedy_exposure, skewed_pool, times_shown
from matching.engine import proposals as fairness
from matching.engine.proposals import Pairs, lift
from matching.engine.ranking import gini

SEEDS = st.integers(0, 2**32 - 1)


def proposals(pairs: Pairs, *history: np.ndarray | int, **lifts: float) -> np.ndarray:
    return fairness.proposals(pairs, *history, **{**LIFTS, **lifts})


def pairs_of(ends: list[tuple[int, int]] | np.ndarray, worth: np.ndarray) -> Pairs:
    """Pairs in their order, whichever way round and in whatever order they are given."""
    ends = np.sort(np.asarray(ends, dtype=np.int64).reshape(-1, 2), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    return Pairs(ends[order, 0], ends[order, 1], np.asarray(worth, dtype=float)[order])


def random_pool(people: int, seed: int, density: float, low: float = 45.0, high: float = 100.0) -> Pairs:
    rng = np.random.default_rng(seed)
    ends = np.argwhere(np.triu(rng.random((people, people)) < density, 1))
    return pairs_of(ends, rng.uniform(low, high, len(ends)))


def fresh(people: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(people), np.zeros(people, dtype=np.int64)


def shown(pairs: Pairs, people: int, capacity: int = 1) -> np.ndarray:
    return times_shown(pairs, proposals(pairs, *fresh(people), capacity), people)


def ratio(pairs: Pairs, people: int) -> float:
    chosen = proposals(pairs, *fresh(people))
    return float(pairs.worth[chosen].sum() / pairs.worth[best_matching(pairs, people)].sum())


def matchings(ends: list[tuple[int, int]]) -> Iterator[frozenset[int]]:
    """The people served by each possible matching, by trying all."""
    if not ends:
        yield frozenset()
        return
    (one, other), rest = ends[0], ends[1:]
    yield from matchings(rest)
    for served in matchings([pair for pair in rest if not {one, other} & set(pair)]):
        yield served | {one, other}


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(2, 40), st.sampled_from([0.03, 0.08, 0.15, 0.4, 1.0]))
def test_as_many_are_served_as_any_choice_can_serve(seed: int, people: int, density: float) -> None:
    pairs = random_pool(people, seed, density)
    assert len(proposals(pairs, *fresh(people))) == len(best_matching(pairs, people, most=True))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([0.01, 0.02, 0.03]))
def test_as_many_are_served_in_a_larger_sparse_pool_with_a_history(seed: int, density: float) -> None:
    pairs, rng = random_pool(150, seed, density), np.random.default_rng(seed)
    chosen = proposals(pairs, rng.uniform(0, 12, 150), rng.integers(0, 4, 150))
    assert len(chosen) == len(best_matching(pairs, 150, most=True))


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(2, 9), st.sampled_from([0.2, 0.35, 0.6]))
def test_nobody_in_more_need_is_left_out_for_somebody_in_less(seed: int, people: int, density: float) -> None:
    pairs, rng = random_pool(people, seed, density), np.random.default_rng(seed)
    waited, exposure = rng.integers(0, 4, people).astype(float), rng.integers(0, 3, people)
    need = np.floor(lift(waited, exposure, **LIFTS)).astype(int)
    ends = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    best = max(sorted((int(need[v]) for v in served), reverse=True) for served in matchings(ends))
    chosen = proposals(pairs, waited, exposure)
    served = np.concatenate((pairs.first[chosen], pairs.second[chosen]))
    assert sorted(need[served].tolist(), reverse=True) == best


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 60), st.sampled_from([0.05, 0.2, 0.9]), st.integers(1, 3))
def test_it_does_not_matter_where_people_stand(seed: int, people: int, density: float, capacity: int) -> None:
    pairs, rng = random_pool(people, seed, density), np.random.default_rng(seed)
    waited, exposure, moved = rng.uniform(0, 12, people), rng.integers(0, 3, people), rng.permutation(people)
    again = pairs_of(moved[np.column_stack((pairs.first, pairs.second))], pairs.worth)
    back = np.argsort(moved)
    there = proposals(again, waited[back], exposure[back], capacity)
    here = proposals(pairs, waited, exposure, capacity)
    assert sorted(pairs.worth[here]) == sorted(again.worth[there])


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([0.05, 0.3, 0.9]))
def test_nobody_gets_more_than_their_own_capacity(seed: int, density: float) -> None:
    pairs, capacity = random_pool(30, seed, density), np.random.default_rng(seed).integers(-1, 5, 30)
    chosen = proposals(pairs, *fresh(30), capacity)
    assert (times_shown(pairs, chosen, 30) <= np.maximum(capacity, 0)).all()


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 3), st.sampled_from([0.05, 0.15, 0.5]))
def test_no_pair_is_left_out_that_both_have_room_for(seed: int, capacity: int, density: float) -> None:
    pairs = random_pool(25, seed, density)
    chosen = proposals(pairs, *fresh(25), capacity)
    room = times_shown(pairs, chosen, 25) < capacity
    out = np.setdiff1d(np.arange(len(pairs)), chosen)
    assert not (room[pairs.first[out]] & room[pairs.second[out]]).any()


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.sampled_from([0.05, 0.1, 0.3]))
def test_a_second_place_takes_nobodys_first(seed: int, density: float) -> None:
    pairs = random_pool(40, seed, density)
    assert (shown(pairs, 40, 2) > 0).sum() >= 2 * len(best_matching(pairs, 40, most=True))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("people", "k"), [(200, 50), (200, 5), (90, 20), (30, 29)])
def test_worth_is_near_the_optimum_in_a_skewed_pool(people: int, k: int, seed: int) -> None:
    assert ratio(skewed_pool(people, k, seed), people) >= 0.99


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("capacity", [2, 3])
def test_worth_is_near_the_optimum_with_several_places(capacity: int, seed: int) -> None:
    pairs = skewed_pool(40, 6, seed)
    chosen = proposals(pairs, *fresh(40), capacity)
    assert pairs.worth[chosen].sum() >= 0.95 * pairs.worth[best_b_matching(pairs, 40, capacity)].sum()


def ring(people: int) -> list[tuple[int, int]]:
    return [(v, (v + 1) % people) for v in range(people)]


SHAPES = {
    "path": (200, ring(200)[:-1]),
    "odd path": (201, ring(201)[:-1]),
    "odd cycle": (201, ring(201)),
    "star": (60, [(0, v) for v in range(1, 60)]),
    "triangles in a row": (199, [*ring(199)[:-1], *((v, v + 2) for v in range(197))]),
    "triangles at one person": (61, [*((0, v) for v in range(1, 61)), *((v, v + 1) for v in range(1, 61, 2))]),
    "complete": (40, [(v, w) for v in range(40) for w in range(v + 1, 40)]),
    "complete, one odd": (41, [(v, w) for v in range(41) for w in range(v + 1, 41)]),
}


@pytest.mark.parametrize("spread", [0.0, 0.01, 30.0], ids=["ties", "near ties", "wide"])
@pytest.mark.parametrize("shape", SHAPES)
def test_hard_shapes_are_served_fully_and_near_the_optimum(shape: str, spread: float) -> None:
    people, ends = SHAPES[shape]
    pairs = pairs_of(ends, np.random.default_rng(5).uniform(80.0 - spread, 80.0, len(ends)))
    assert len(proposals(pairs, *fresh(people))) == len(best_matching(pairs, people, most=True))
    assert ratio(pairs, people) >= 0.95


@pytest.mark.parametrize("seed", range(3))
def test_exposure_is_at_least_twice_as_even_as_with_greedy_lists(seed: int) -> None:
    pairs = skewed_pool(200, 50, seed)
    assert gini(shown(pairs, 200)) <= gini(greedy_exposure(pairs, 200, 1)) / 2.0


def served_in_turn(pairs: Pairs, people: int, days: int) -> np.ndarray:
    """How often each was shown after a run a day, exposure and waiting carried on."""
    waited, exposure = fresh(people)
    for _ in range(days):
        chosen = proposals(pairs, waited, exposure)
        now = times_shown(pairs, chosen, people)
        exposure, waited = exposure + now, np.where(now > 0, 0.0, waited + 1.0)
    return exposure


@pytest.mark.parametrize("seed", range(4))
def test_over_five_runs_nobody_starves_in_a_skewed_pool(seed: int) -> None:
    pairs = skewed_pool(120, 15, seed)
    some = np.unique(np.concatenate((pairs.first, pairs.second)))
    assert served_in_turn(pairs, 120, 5)[some].min() >= 1


def test_a_place_many_compete_for_goes_round() -> None:
    pairs = pairs_of([(0, v) for v in range(1, 6)], np.array([99.0, 90.0, 80.0, 60.0, 46.0]))
    assert served_in_turn(pairs, 6, 10).tolist() == [10, 2, 2, 2, 2, 2]


def test_who_waited_is_served_whatever_the_others_worth() -> None:
    pairs = pairs_of([(0, 1), (0, 2)], np.array([95.0, 46.0]))
    assert proposals(pairs, *fresh(3)).tolist() == [0]
    assert proposals(pairs, np.array([0.0, 0.0, 2.0]), np.zeros(3, dtype=int)).tolist() == [1]


def test_the_waiting_person_is_served_by_moving_two_pairs() -> None:
    pairs = pairs_of([(0, 1), (1, 2), (2, 3), (3, 4)], np.array([50.0, 90.0, 50.0, 90.0]))
    assert proposals(pairs, np.array([4.0, 0, 0, 0, 0]), np.zeros(5, dtype=int)).tolist() == [0, 3]
    assert proposals(pairs, np.array([4.0, 0, 0, 0, 5.0]), np.array([0, 0, 9, 0, 0])).tolist() == [0, 3]
    assert proposals(pairs, np.array([0, 0, 4.0, 0, 4.0]), np.array([9, 0, 0, 0, 0])).tolist() == [1, 3]


def test_without_lifts_worth_alone_decides() -> None:
    pairs, waited = pairs_of([(0, 1), (0, 2)], np.array([52.0, 50.0])), np.array([0.0, 0.0, 9.0])
    assert proposals(pairs, waited, np.zeros(3, dtype=int), waiting_lift=0.0).tolist() == [0]
    assert proposals(pairs, waited, np.zeros(3, dtype=int), waiting_bound=0.0).tolist() == [0]
    assert proposals(pairs, np.zeros(3), np.array([0, 9, 0]), exposure_lift=0.0).tolist() == [0]


def test_what_is_given_in_is_left_as_it_was() -> None:
    pairs, (waited, exposure) = random_pool(20, 1, 0.3), fresh(20)
    capacity = np.full(20, 2)
    assert len(proposals(pairs, waited, exposure, capacity))
    assert (waited.any(), exposure.any(), capacity.tolist()) == (False, False, [2] * 20)


def test_the_reference_for_several_places_is_exact() -> None:
    triangle = pairs_of([(0, 1), (0, 2), (1, 2)], np.array([50.0, 60.0, 70.0]))
    assert best_b_matching(triangle, 3, 1).tolist() == [2]
    assert best_b_matching(triangle, 3, 2).tolist() == [0, 1, 2]
