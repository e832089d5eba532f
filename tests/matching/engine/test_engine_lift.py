"""How much a component says: published intervals, and data of which it is known what says something."""

import numpy as np
import pytest

from matching.engine.lift import FEWEST, FEWEST_OF_EITHER, PRIOR, Share, lifts, logistic, newcombe, thirds, wilson


def made(n, seed, *, true=1.0):
    """Three independent components, of which only the first moves the odds, and who came to the outcome."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(55, 10, (n, 3))
    odds = true * (scores[:, 0] - 55) / 10 - 0.5
    return scores, rng.random(n) < 1 / (1 + np.exp(-odds))


def covers_zero(interval):
    return interval.low <= 0.0 <= interval.high


@pytest.mark.parametrize(
    ("reached", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_rate_is_the_published_one(reached, n, low, high):
    """Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3."""
    found = wilson(Share(reached, n))
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("top", "bottom", "low", "high"),
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(top, bottom, low, high):
    """Newcombe (1998), Statistics in Medicine 17: 873-890, table II, method 10."""
    found = newcombe(top, bottom)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_what_predicts_is_told_from_what_does_not():
    true, *null = lifts(*made(1200, 3))
    assert true.says == "predicts"
    assert true.difference.low > 0.0
    assert true.slope.low > 0.0
    for lift in null:
        assert lift.says == "nothing seen"
        assert covers_zero(lift.difference)
        assert covers_zero(lift.slope)


def test_what_harms_is_seen_too():
    harmful, *_ = lifts(*made(1200, 3, true=-1.0))
    assert harmful.says == "speaks against"
    assert harmful.difference.high < 0.0


def test_the_slope_is_the_one_the_data_were_made_with():
    true, *_ = logistic(*made(20_000, 5, true=0.7))
    assert true.low < 0.7 < true.high
    assert true.high - true.low < 0.1


def test_intervals_miss_as_often_as_they_say():
    """Of 400 components that say nothing one in twenty seems to, give or take three standard errors."""
    missed = sum(not covers_zero(slope) for seed in range(200) for slope in logistic(*made(200, seed))[1:])
    assert 0.017 < missed / 400 < 0.083


def test_of_pairs_that_were_chosen_by_their_total_the_slope_still_tells():
    scores, reached = made(6000, 8)
    chosen = scores.sum(axis=1) > np.quantile(scores.sum(axis=1), 0.7)
    true, *null = lifts(scores[chosen], reached[chosen])
    assert true.says == "predicts"
    assert all(lift.difference.high < 0.0 for lift in null)
    assert [lift.says for lift in null] == ["nothing seen"] * 2


def test_at_the_summit_nothing_pulls_any_more():
    """The gradient of the posterior is zero; the intercept, which is not told, balances those who came."""
    scores, reached = made(300, 2)
    slopes = np.array([slope.estimate for slope in logistic(scores, reached)])
    shares = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    low, high = -5.0, 5.0
    for _ in range(60):
        intercept = (low + high) / 2
        likely = 1 / (1 + np.exp(-shares @ slopes - intercept))
        low, high = (intercept, high) if likely.sum() < reached.sum() else (low, intercept)
    np.testing.assert_allclose(shares.T @ (reached - likely), slopes / PRIOR**2, atol=1e-6)


def test_a_component_that_parts_the_data_has_a_finite_slope():
    scores = np.column_stack((np.arange(100.0), np.tile([0.0, 1.0], 50)))
    parted, _ = logistic(scores, np.arange(100) >= 50)
    assert 0.0 < parted.low < parted.high < 20.0


def test_a_match_without_the_component_counts_for_the_others():
    scores, reached = made(1200, 3)
    scores[::2, 0] = np.nan
    true, other, _ = lifts(scores, reached)
    assert (true.known, other.known) == (600, 1200)
    assert true.says == "predicts"


def test_too_few_are_no_figures():
    scores, reached = made(400, 1)
    scores[FEWEST - 1 :, 1] = np.nan
    true, rare, _ = lifts(scores, reached)
    assert (rare.known, rare.difference, rare.slope, rare.says) == (FEWEST - 1, None, None, "too few")
    assert true.says == "predicts"


@pytest.mark.parametrize("rare", [True, False])
def test_an_outcome_that_is_too_rare_or_too_common_has_no_model(rare):
    scores, _ = made(400, 1)
    few = np.arange(400) < FEWEST_OF_EITHER - 1
    assert logistic(scores, few if rare else ~few) == [None] * 3
    enough = np.arange(400) < FEWEST_OF_EITHER
    assert None not in logistic(scores, enough if rare else ~enough)


def test_a_component_that_is_alike_in_all_says_nothing():
    scores, reached = made(400, 1)
    scores[:, 2] = 50.0
    true, _, alike = lifts(scores, reached)
    assert (alike.known, alike.difference, alike.slope) == (400, None, None)
    assert true.says == "predicts"


def test_no_matches_are_no_figures():
    assert [lift.says for lift in lifts(np.empty((0, 8)), np.empty(0, dtype=bool))] == ["too few"] * 8


def test_equal_scores_stay_together():
    bottom, top = thirds(np.array([0.0, 50, 50, 50, 50, 50, 100]))
    assert (bottom.tolist(), top.tolist()) == ([True] + [False] * 6, [False] * 6 + [True])


def test_thirds_of_different_scores_are_thirds():
    bottom, top = thirds(np.arange(99.0))
    assert (bottom.sum(), top.sum()) == (33, 33)
    assert not (bottom & top).any()
