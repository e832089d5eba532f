"""Where a likeness stands among those of the population."""

import numpy as np
import pytest

from faces.engine.percentiles import cuts, pairs, percentiles, public, stepped


def test_percentiles_tell_how_many_of_a_hundred_are_less_alike():
    ascending = cuts(np.linspace(0.0, 1.0, 5_001))
    assert percentiles(np.array([0.0, 0.2525, 0.5025, 0.999, 1.1]), ascending).tolist() == [0, 25, 50, 99, 100]


def test_whoever_is_as_alike_as_all_others_is_before_nobody():
    assert percentiles(np.array([0.5]), cuts(np.full(10, 0.5))).tolist() == [0]


def test_no_pairs_have_no_percentiles():
    with pytest.raises(ValueError, match="no pairs"):
        cuts(np.array([]))


def test_all_pairs_of_few_faces_are_taken_but_those_of_one_person():
    assert pairs(4, np.array([1, 1, 2, 3]), 100, seed=1).tolist() == [[0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]


def test_of_many_faces_pairs_are_drawn_by_the_seed():
    people = np.arange(500)
    first, again, other = (pairs(500, people, 1_000, seed) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()
    assert 900 < len(first) <= 1_000
    assert (first[:, 0] < first[:, 1]).all()


def test_percentiles_leave_in_steps_of_five_and_are_never_more_than_they_are():
    assert [public(percentile) for percentile in (None, 0, 4, 5, 99, 100)] == [None, 0, 0, 5, 95, 100]


def test_likenesses_leave_in_percent_in_steps_of_five():
    assert [stepped(share) for share in (None, 0.0, 0.02, 0.025, 0.93, 1.0)] == [None, 0, 0, 5, 95, 100]
