"""Who of the waiting is paired: the possible pairs against the whole matrix of all, and the choice among them."""

from dataclasses import replace

import numpy as np
import pytest
from populations import random_people, random_pool
from profiles import FRIENDSHIP

from matching.engine import blocks
from matching.engine.features import features
from matching.engine.filters import allowed
from matching.engine.queue import SHORTLIST, Rules, Waiting, bars, chosen, possible, shielded
from matching.engine.scores import reciprocal, weighted
from matching.simulation.arrivals import exactly, greedily, live_through

RULES = Rules(bar=60.0, floor=40.0, relaxing=180.0, flagged_points=10.0, waiting_lift=4.0)
SEEDS = range(5)


def crowd(people, seed, *, apart=()):
    """People in order, most of whom may meet, who waited up to five minutes; a tenth is flagged."""
    rng = np.random.default_rng(seed)
    pool = replace(random_pool(people, seed), nearest=np.full(people, -np.inf))
    pool = replace(pool.take(blocks.order(pool)), person=np.arange(people))
    both_ways = np.array(sorted({*apart, *((b, a) for a, b in apart)}), dtype=np.int64).reshape(-1, 2)
    return Waiting(
        pool=pool,
        weighted=weighted(features(random_people(people, seed)), FRIENDSHIP),
        waited=rng.uniform(0, 300, people),
        flagged=rng.random(people) < 0.1,
        apart=both_ways,
    )


def couples(pairs):
    return set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def from_the_whole_matrix(waiting):
    block = np.triu(allowed(waiting.pool, waiting.pool))
    block[waiting.apart[:, 0], waiting.apart[:, 1]] = False
    worth = reciprocal(waiting.weighted, waiting.weighted) - 10.0 * (waiting.flagged[:, None] | waiting.flagged)
    asked = 60.0 - 20.0 * np.minimum(waiting.waited / 180.0, 1.0)
    block &= worth >= (asked[:, None] + asked) / 2.0
    return set(map(tuple, np.argwhere(block).tolist()))


@pytest.mark.parametrize("seed", SEEDS)
def test_of_few_all_pairs_with_the_points_are_possible(seed):
    waiting = crowd(SHORTLIST, seed, apart=[(0, 1), (2, 7), (3, 30)])
    assert couples(possible(waiting, RULES)) == from_the_whole_matrix(waiting)
    assert from_the_whole_matrix(waiting)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_many_only_such_pairs_are_possible(seed):
    waiting = crowd(400, seed)
    assert couples(possible(waiting, RULES, threads=2)) <= from_the_whole_matrix(waiting)


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one_alone_make_no_pair(people):
    assert len(possible(replace(crowd(2, 1), pool=crowd(2, 1).pool.take(slice(people))), RULES)) == 0


def test_what_somebody_asks_for_falls_to_the_floor():
    assert bars(np.array([0.0, 90.0, 180.0, 900.0]), RULES).tolist() == [60.0, 50.0, 40.0, 40.0]


def test_newcomers_are_shielded_from_the_doubted_and_from_nobody_else():
    pool = crowd(60, 3).pool
    newcomers, doubted = np.arange(60) < 20, np.arange(60) >= 50
    expected = allowed(pool, pool)
    expected[np.ix_(newcomers, doubted)] = expected[np.ix_(doubted, newcomers)] = False
    shield = shielded(pool, newcomers, doubted)
    assert (allowed(shield, shield) == expected).all()
    assert (allowed(pool, pool) != expected).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_in_two_pairs_and_as_many_are_formed_as_can_be(seed):
    waiting = crowd(120, seed)
    pairs = possible(waiting, RULES)
    formed = chosen(pairs, waiting.waited, RULES)
    seats = np.concatenate((formed.first, formed.second))
    assert len(seats) == len(np.unique(seats))
    assert couples(formed) <= couples(pairs)
    assert len(formed) == len(exactly(pairs, waiting.waited, RULES)) >= len(greedily(pairs, waiting.waited, RULES))


def test_the_longest_waits_are_ended_first():
    waiting = crowd(120, 1)
    formed = chosen(possible(waiting, RULES), waiting.waited, RULES)
    longest = np.maximum(waiting.waited[formed.first], waiting.waited[formed.second])
    assert (np.diff(longest) <= 0.0).all()


def day(seed, choose=chosen):
    return live_through(crowd(80, 2), seed=seed, arrivals=80, longest=600.0, rules=RULES, choose=choose)


def test_a_simulated_day_adds_up_and_is_the_same_of_the_same_seed():
    came = day(1)
    assert came.arrived == len(came.waits) + came.expired > 0
    assert max(came.waits) < 600.0
    assert len(came.waits) == 2 * len(came.worths) > 0
    assert day(1) == came
    assert day(4) != came
