"""Hard filters: each one refuses what it is for, lets the rest pass, and is mutual."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_pool

from matching.engine import filters
from matching.engine.filters import FRIENDSHIP, ROMANCE, Pool, allowed, bit_masks, cosines, unit_vectors

BERLIN, POTSDAM, PARIS = (52.52, 13.405), (52.39, 13.06), (48.857, 2.352)


def two(**different: Any) -> Pool:
    """Two people who may meet, but for what is given."""
    facts: dict[str, Any] = {
        "person": [1, 2], "age": [30, 32], "age_min": [25, 25], "age_max": [40, 40], "max_km": [100.0, 100.0],
        "languages": [1, 3], "mode": [ROMANCE, ROMANCE], "gender": [1, 2], "seeks": [2, 1],
        "off_limits": [0, 0], "topics": [0, 0], "place": unit_vectors(*np.array([BERLIN, POTSDAM]).T),
    }  # fmt: skip
    facts |= different
    facts["nearest"] = cosines(np.array(facts.pop("max_km")))
    types = {"languages": np.uint64, "off_limits": np.uint64, "topics": np.uint64}
    types |= dict.fromkeys(("mode", "gender", "seeks"), np.uint8)
    return Pool(**{name: np.asarray(values, dtype=types.get(name)) for name, values in facts.items()})


def places(*where: tuple[float, float]) -> np.ndarray:
    return unit_vectors(*np.array(where).T)


UNKNOWN = (np.nan, np.nan)


@pytest.mark.parametrize(
    "different",
    [
        {},
        {"age": [25, 40]},
        {"max_km": [30.0, np.inf]},
        {"place": places(BERLIN, PARIS), "max_km": [900.0, 900.0]},
        {"place": places(BERLIN, UNKNOWN), "max_km": [np.inf, np.inf]},
        {"languages": [2, 6]},
        {"mode": [ROMANCE | FRIENDSHIP, FRIENDSHIP]},
        {"seeks": [0, 0]},
        {"gender": [0, 2], "seeks": [2, 0]},
        {"seeks": [6, 1]},
        {"off_limits": [2, 0], "topics": [2, 4]},
        {"languages": [1 << 63, 1 << 63]},
    ],
)
def test_pairs_that_may_meet(different: dict[str, Any]) -> None:
    pool = two(**different)
    assert allowed(pool, pool).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("name", "different"),
    [
        ("age", {"age": [30, 41]}),
        ("age", {"age": [24, 32]}),
        ("age", {"age_min": [33, 18]}),
        ("age", {"age_max": [40, 29]}),
        ("distance", {"max_km": [20.0, np.inf]}),
        ("distance", {"max_km": [np.inf, 20.0]}),
        ("distance", {"place": places(BERLIN, PARIS)}),
        ("distance", {"place": places(BERLIN, UNKNOWN)}),
        ("distance", {"place": places(UNKNOWN, UNKNOWN), "max_km": [np.inf, 20.0]}),
        ("language", {"languages": [1, 2]}),
        ("language", {"languages": [0, 1]}),
        ("mode", {"mode": [ROMANCE, FRIENDSHIP]}),
        ("gender", {"seeks": [1, 1]}),
        ("gender", {"seeks": [2, 2]}),
        ("gender", {"gender": [0, 2]}),
        ("off_limits", {"off_limits": [4, 0], "topics": [0, 6]}),
        ("off_limits", {"off_limits": [0, 4], "topics": [6, 0]}),
    ],
)
def test_pairs_that_one_filter_alone_refuses(name: str, different: dict[str, Any]) -> None:
    pool = two(**different)
    assert not allowed(pool, pool).any()
    assert [other for other, passes in filters.FILTERS.items() if not passes(pool, pool)[0, 1]] == [name]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_each_pair_counts_for_the_first_filter_that_turns_it_down(seed: int) -> None:
    pool = random_pool(25, seed)
    block, turned_down = filters.screen(pool, pool)
    left = ~np.eye(25, dtype=bool)
    for name, passes in filters.FILTERS.items():
        refused = left & ~passes(pool, pool)
        assert turned_down.get(name, 0) == refused.sum()
        left &= ~refused
    assert np.array_equal(block, left)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_filter_is_mutual(seed: int) -> None:
    pool = random_pool(25, seed)
    for passes in (*filters.FILTERS.values(), allowed):
        block = passes(pool, pool)
        assert np.array_equal(block, block.T)


def test_a_block_is_a_part_of_the_whole() -> None:
    pool = random_pool(60, 1)
    rows, columns = np.arange(10, 30), np.arange(5, 60)
    whole = allowed(pool, pool)
    assert whole.any()
    assert np.array_equal(allowed(pool.take(rows), pool.take(columns)), whole[np.ix_(rows, columns)])


def test_nobody_meets_themselves() -> None:
    pool = replace(random_pool(5, 0), person=np.array([1, 2, 3, 4, 5]))
    assert not allowed(pool, pool).diagonal().any()


def test_bit_masks_put_column_0_lowest_and_refuse_65() -> None:
    assert bit_masks(np.array([[True, False, True], [False, True, False]])).tolist() == [5, 2]
    assert bit_masks(np.eye(64, dtype=bool))[63] == 1 << 63
    with pytest.raises(ValueError, match="64"):
        bit_masks(np.zeros((1, 65), dtype=bool))
