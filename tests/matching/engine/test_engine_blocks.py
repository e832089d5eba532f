"""Blocks: everybody in one, alike people together, and no pair that may meet passed over."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_pool, scattered_pool

from matching.engine import blocks
from matching.engine.filters import FRIENDSHIP, ROMANCE, Pool, allowed, cosines, unit_vectors

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 90)
UNKNOWN = (np.nan, np.nan)


def in_order(pool: Pool) -> Pool:
    return replace(pool.take(blocks.order(pool)), person=np.arange(len(pool)))


def met(pool: Pool, size: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Who is looked at with whom (n, n), and who may meet, of a pool in order, in blocks of this size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        cut = blocks.cut(pool)
    seen = np.zeros((len(pool), len(pool)), dtype=bool)
    for one, other in blocks.meetings(pool, cut)[0].tolist():
        seen[cut.people(one), cut.people(other)] = True
    return seen | seen.T, allowed(pool, pool)


def living_at(*places: tuple[float, float], km: float) -> Pool:
    """People who may meet but for where they live."""
    n = len(places)
    alike = random_pool(n, 1)
    return replace(
        alike,
        place=unit_vectors(*np.array(places).T),
        nearest=cosines(np.full(n, km)),
        **{name: np.zeros(n, dtype=np.uint8) for name in ("gender", "seeks")},
        **{name: np.zeros(n, dtype=np.uint64) for name in ("off_limits", "topics")},
        languages=np.ones(n, dtype=np.uint64),
        mode=np.full(n, FRIENDSHIP, dtype=np.uint8),
        age=np.full(n, 30),
        age_min=np.full(n, 18),
        age_max=np.full(n, 99),
    )


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, st.integers(1, 12), st.sampled_from([random_pool, scattered_pool]))
def test_no_pair_that_may_meet_is_passed_over(seed: int, people: int, size: int, made) -> None:
    seen, may = met(in_order(made(people, seed)), size)
    assert not (may & ~seen).any()


@settings(max_examples=20, deadline=None)
@given(SEEDS, SIZES)
def test_everybody_has_one_place_in_the_order(seed: int, people: int) -> None:
    assert sorted(blocks.order(random_pool(people, seed)).tolist()) == list(range(people))


@settings(max_examples=20, deadline=None)
@given(SEEDS, SIZES)
def test_the_order_is_the_same_every_time(seed: int, people: int) -> None:
    once, again = in_order(random_pool(people, seed)), in_order(random_pool(people, seed))
    np.testing.assert_array_equal(once.age, again.age)
    np.testing.assert_array_equal(blocks.order(once), np.arange(people))


@settings(max_examples=30, deadline=None)
@given(SEEDS, SIZES, st.integers(1, 12))
def test_blocks_hold_everybody_once_no_more_than_fit_and_one_mode_each(seed: int, people: int, size: int) -> None:
    pool = in_order(random_pool(people, seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        cut = blocks.cut(pool)
    assert (cut.starts[0], cut.starts[-1]) == (0, people)
    assert ((cut.sizes() > 0) & (cut.sizes() <= size)).all()
    assert all(len(set(pool.mode[cut.people(block)].tolist())) == 1 for block in range(len(cut)))


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(2, 60))
def test_pairs_that_were_turned_down_unseen_are_counted(seed: int, people: int) -> None:
    pool = in_order(scattered_pool(people, seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", 3)
        _, unseen = blocks.meetings(pool, blocks.cut(pool))
    seen, _ = met(pool, 3)
    assert unseen.total() == (~seen & ~np.eye(people, dtype=bool)).sum()


def test_each_pair_of_blocks_meets_once() -> None:
    pool = in_order(random_pool(60, 3))
    found, _ = blocks.meetings(pool, blocks.cut(pool))
    assert (found[:, 0] <= found[:, 1]).all()
    assert len(np.unique(found, axis=0)) == len(found)


def test_blocks_far_apart_are_passed_over_and_near_ones_are_not() -> None:
    berlin, potsdam, rome = (52.52, 13.4), (52.4, 13.06), (41.9, 12.5)
    seen, may = met(in_order(living_at(berlin, potsdam, rome, km=100.0)), 1)
    assert (seen.sum(), may.sum()) == (5, 2)


@pytest.mark.parametrize(
    ("places", "km"),
    [
        (((10.0, 179.9), (10.0, -179.9)), 50.0),
        (((-16.8, 179.99), (-16.8, -179.99), (-16.9, 180.0)), 60.0),
        (((89.9, 0.0), (89.9, 180.0)), 50.0),
        (((-89.9, 45.0), (-89.9, -135.0), (-90.0, 0.0)), 50.0),
        (((0.0, 0.0), (0.0, 180.0)), np.inf),
        (((0.0, 0.0), (0.0, 180.0)), 20_016.0),
    ],
    ids=["antimeridian", "fiji", "north pole", "south pole", "other side, no limit", "other side, within it"],
)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_globe_has_no_edges(places: tuple[tuple[float, float], ...], km: float, size: int) -> None:
    seen, may = met(in_order(living_at(*places, km=km)), size)
    assert may.sum() == len(places) * (len(places) - 1)
    assert seen.all()


@pytest.mark.parametrize("size", [1, 2, 4])
def test_unknown_places_meet_where_neither_has_a_limit(size: int) -> None:
    pool = in_order(living_at(UNKNOWN, UNKNOWN, (52.0, 13.0), (-33.0, 151.0), km=np.inf))
    seen, may = met(pool, size)
    assert may.sum() == 12
    assert seen.all()


def test_everywhere_and_nowhere_in_one_block_hides_nobody() -> None:
    pool = in_order(living_at(UNKNOWN, (52.0, 13.0), (52.1, 13.1), (52.0, 13.2), km=50.0))
    seen, may = met(pool, 2)
    assert may.any()
    assert not (may & ~seen).any()


def test_blocks_of_strangers_in_mode_never_meet() -> None:
    pool = in_order(replace(random_pool(40, 2), mode=np.repeat(np.uint8([ROMANCE, FRIENDSHIP]), 20)))
    seen, _ = met(pool)
    assert not (seen & (pool.mode[:, None] != pool.mode)).any()
