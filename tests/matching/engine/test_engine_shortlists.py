"""Everybody's shortlist out of blocks equals the one out of the whole matrix of all pairs."""

from collections import Counter
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_people, random_pool
from profiles import CONNECT, FRIENDSHIP

from matching.engine import blocks, ranking
from matching.engine.features import DIMENSIONS, Features, features
from matching.engine.filters import FRIENDSHIP as FRIENDS
from matching.engine.filters import ROMANCE, Pool, allowed
from matching.engine.ranking import NOBODY, Field, Ranked, Shortlist, merge, rank
from matching.engine.scores import WeightProfile, reciprocal, weighted

K = 7
SEEDS = st.integers(0, 2**32 - 1)
CUTS = st.sampled_from([1, 3, 8, 64])
PATHS = {"dense": -1.0, "sparse": 2.0, "as it ships": ranking.DENSE}
NONE = np.empty((0, 2), dtype=np.int64)

WHOLE = WeightProfile("whole", {"values": 0.5, "communication": 0.25, "depth": 0.25})


def crowd(people: int, seed: int, missing: float = 0.2) -> tuple[Pool, Features]:
    """A pool in order, in which many may meet, and what the engine makes of its people."""
    rng = np.random.default_rng(seed)
    pool = random_pool(people, seed)
    pool = replace(pool, nearest=np.full(people, -np.inf), languages=np.ones(people, dtype=np.uint64))
    pool = replace(pool, age_min=np.maximum(18, pool.age_min - 20), age_max=pool.age_max + 20)
    pool = replace(pool.take(blocks.order(pool)), person=np.arange(people))
    leanings = rng.uniform(-0.5, 0.5, (people, len(DIMENSIONS)))
    return pool, features(random_people(people, seed, missing), leanings)


def counted(people: int, seed: int) -> Features:
    """Whole numbers, alike from both sides, of which many are equal: every sum is exact, and ties are ties."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 3, (people, 8)).astype(np.float32)
    return Features(rows, rows.copy(), np.ones((people, 8), bool), np.zeros((people, 8), np.float32), tuple(range(9)))


def apart(people: int, seed: int) -> np.ndarray:
    """Some pairs that must not meet, both ways, sorted."""
    pairs = np.random.default_rng(seed).integers(0, people, (people, 2))
    return np.unique(np.vstack((pairs, pairs[:, ::-1])), axis=0)


def field(pool: Pool, made: Features, size: int, never: np.ndarray = NONE, profiles=(CONNECT, FRIENDSHIP)) -> Field:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        cut = blocks.cut(pool)
    return Field(pool, cut, *(weighted(made, profile) for profile in profiles), never)


def everybody_meets(where: Field) -> np.ndarray:
    return blocks.meetings(where.pool, where.blocks)[0]


def worth_of_all(where: Field) -> np.ndarray:
    """(n, n): worth of every pair that may meet, NaN elsewhere; no block, no heap, no thread."""
    pool = where.pool
    romance = (pool.mode[:, None] & pool.mode & ROMANCE) != 0
    worth = np.where(romance, *(reciprocal(made, made) for made in (where.romance, where.friendship)))
    may = allowed(pool, pool)
    may[where.apart[:, 0], where.apart[:, 1]] = False
    return np.where(may, worth, np.nan)


def exhaustive(worth: np.ndarray, k: int) -> Shortlist:
    """Every row sorted by worth, then index."""
    lists = Shortlist.empty(len(worth), k)
    for person, row in enumerate(worth):
        order = [at for at in np.argsort(-row, kind="stable") if not np.isnan(row[at])][:k]
        lists.candidates[person, : len(order)], lists.worth[person, : len(order)] = order, row[order]
    return lists


def assert_exact(found: Shortlist, worth: np.ndarray) -> None:
    """What stands on the lists is as good as the best, place by place, and is worth what it says."""
    expected = exhaustive(worth, found.candidates.shape[1])
    np.testing.assert_array_equal(found.candidates == NOBODY, expected.candidates == NOBODY)
    np.testing.assert_allclose(found.worth, expected.worth, atol=1e-3)
    person, place = np.nonzero(found.candidates != NOBODY)
    candidates = found.candidates[person, place]
    np.testing.assert_allclose(worth[person, candidates], found.worth[person, place], atol=1e-3)
    assert len(set(zip(person.tolist(), candidates.tolist(), strict=True))) == len(person)


@pytest.fixture(params=PATHS)
def path(request, monkeypatch):
    monkeypatch.setattr(ranking, "DENSE", PATHS[request.param])


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("size", [1, 4, 9, 64])
def test_shortlists_equal_the_exhaustive_ones(size: int, threads: int) -> None:
    for seed in range(3):
        where = field(*crowd(45, seed), size, apart(45, seed))
        assert_exact(rank(where, everybody_meets(where), K, threads=threads).lists, worth_of_all(where))


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("size", [1, 4, 64])
def test_of_equals_the_lower_index_comes_first(size: int, threads: int) -> None:
    for seed in range(3):
        pool, _ = crowd(40, seed)
        where = field(pool, counted(40, seed), size, profiles=(WHOLE, WHOLE))
        found, expected = (
            rank(where, everybody_meets(where), K, threads=threads).lists,
            exhaustive(worth_of_all(where), K),
        )
        np.testing.assert_array_equal(found.candidates, expected.candidates)
        assert (np.diff(found.worth) == 0.0).any()


@settings(max_examples=25, deadline=None)
@given(SEEDS, CUTS, st.integers(1, 6))
def test_meetings_may_be_split_and_merged_in_any_order(seed: int, size: int, parts: int) -> None:
    rng = np.random.default_rng(seed)
    pool, _ = crowd(30, seed)
    where = field(pool, counted(30, seed), size, profiles=(WHOLE, WHOLE))
    meetings = everybody_meets(where)
    whole = rank(where, meetings, K)
    split = [rank(where, some, K) for some in np.array_split(meetings[rng.permutation(len(meetings))], parts)]
    together = reduce(merge, [split[i] for i in rng.permutation(parts)])
    np.testing.assert_array_equal(together.lists.candidates, whole.lists.candidates)
    np.testing.assert_array_equal(together.lists.worth, whole.lists.worth)
    assert +_counts(together) == +_counts(whole)


def _counts(ranked: Ranked) -> Counter[str]:
    return Counter(ranked.turned_down)


@settings(max_examples=15, deadline=None)
@given(SEEDS, CUTS)
def test_both_paths_find_the_same(seed: int, size: int) -> None:
    where = field(*crowd(30, seed), size, apart(30, seed))
    found = []
    for share in PATHS.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ranking, "DENSE", share)
            found.append(rank(where, everybody_meets(where), K).lists)
    for lists in found[1:]:
        np.testing.assert_allclose(lists.worth, found[0].worth, atol=1e-3)


@settings(max_examples=15, deadline=None)
@given(SEEDS, CUTS)
def test_what_is_turned_down_and_what_is_left_are_all_pairs(seed: int, size: int) -> None:
    where = field(*crowd(25, seed), size)
    meetings, unseen = blocks.meetings(where.pool, where.blocks)
    turned_down = rank(where, meetings, K).turned_down
    left = int(allowed(where.pool, where.pool).sum())
    assert sum(turned_down.values()) + unseen.total() + left == 25 * 24


def test_pairs_that_share_no_dimension_are_on_no_list() -> None:
    pool, _ = crowd(20, 1)
    where = field(pool, features(random_people(20, 1, 1.0)), 8)
    assert (rank(where, everybody_meets(where), K).lists.candidates == NOBODY).all()


def test_who_must_not_meet_does_not_and_others_do() -> None:
    pool, made = crowd(20, 3)
    free = field(pool, made, 4)
    first, second = np.argwhere(~np.isnan(worth_of_all(free)))[0]
    never = np.array(sorted([(first, second), (second, first)]))
    before, after = (
        rank(where, everybody_meets(where), 20).lists.candidates for where in (free, field(pool, made, 4, never))
    )
    assert (second in before[first], first in before[second]) == (True, True)
    assert (second in after[first], first in after[second]) == (False, False)


def test_who_is_gone_does_not_change_how_the_others_of_their_block_are_weighed() -> None:
    pool, made = crowd(24, 5)
    pool = replace(pool, mode=np.full(24, ROMANCE | FRIENDS, dtype=np.uint8), seeks=np.zeros(24, np.uint8))
    where = field(pool, made, 6)
    gone = pool.mode.copy()
    gone[where.blocks.starts[:-1]] = 0
    left = replace(where, pool=replace(pool, mode=gone))
    worth = worth_of_all(left)
    assert np.isnan(worth[where.blocks.starts[:-1]]).all()
    assert_exact(rank(left, everybody_meets(where), K).lists, worth)


def test_the_work_says_that_it_goes_on(monkeypatch) -> None:
    monkeypatch.setattr(ranking, "BEAT_SECONDS", 0.0)
    beats = []
    where = field(*crowd(40, 1), 1)
    rank(where, everybody_meets(where), K, beat=lambda: beats.append(1))
    assert beats


def test_a_lease_that_is_lost_ends_the_work(monkeypatch) -> None:
    monkeypatch.setattr(ranking, "BEAT_SECONDS", 0.0)
    where = field(*crowd(40, 1), 1)
    with pytest.raises(ZeroDivisionError):
        rank(where, everybody_meets(where), K, beat=lambda: 1 / 0)
