"""The six likenesses of two faces, and their total."""

import numpy as np
import pytest

from faces.engine.factors import FACTORS
from faces.engine.likeness import UNKNOWN, Traits, factors, spread_of, totals

NOTHING = np.nan
WEIGHTS = {"embedding": 0.20, "geometry": 0.20, "age": 0.15, "symmetry": 0.15, "skin_tone": 0.15, "expression": 0.15}


def faces(n=1, *, geometry=NOTHING, age=NOTHING, symmetry=NOTHING, skin=NOTHING, emotions=NOTHING, expression=UNKNOWN):
    """n faces of which all is unknown that is not said."""
    return Traits(
        ratios=("eyes", "nose"),
        geometry=np.full((n, 2), geometry, dtype=float),
        age=np.full(n, age, dtype=float),
        symmetry=np.full(n, symmetry, dtype=float),
        skin=np.full((n, 3), skin, dtype=float),
        emotions=np.full((n, 2), emotions, dtype=float),
        expression=np.full(n, expression),
    )


def factor(name, one, other, cosine=0.0, spread=None):
    found = factors(np.array([cosine]), one, other, spread or {})
    return found[0, FACTORS.index(name)]


ALL = {"geometry": (0.5, 0.9), "age": 30, "symmetry": 0.8, "skin": (60, 15, 18), "emotions": (0.9, 0.1)}


def test_a_face_is_wholly_like_itself():
    one = faces(**ALL)
    np.testing.assert_allclose(factors(np.array([1.0]), one, one, {}), [[1.0] * 6])


def test_what_one_of_the_two_lacks_has_no_likeness():
    found = factors(np.array([0.4]), faces(**ALL), faces(), {})
    assert [name for name, value in zip(FACTORS, found[0], strict=True) if np.isnan(value)] == list(FACTORS[1:])


def test_embeddings_that_point_apart_are_not_alike_at_all():
    assert factor("embedding", faces(), faces(), cosine=-0.3) == 0.0


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        ("age", {"age": 30}, {"age": 45}, 0.5),
        ("age", {"age": 20}, {"age": 80}, 0.0),
        ("symmetry", {"symmetry": 0.9}, {"symmetry": 0.6}, 0.7),
        ("skin_tone", {"skin": (60, 10, 10)}, {"skin": (50, 10, 10)}, 0.8),
        ("skin_tone", {"skin": (90, 10, 10)}, {"skin": (20, 10, 10)}, 0.0),
        ("expression", {"emotions": (1, 0)}, {"emotions": (0, 1)}, 0.0),
        ("expression", {"emotions": (1, 0)}, {"emotions": (1, 1)}, np.sqrt(0.5)),
        ("expression", {"expression": 2}, {"expression": 2}, 1.0),
        ("expression", {"expression": 2}, {"expression": 3}, 0.0),
        ("expression", {"emotions": (1, 0), "expression": 2}, {"expression": 2}, 1.0),
    ],
)
def test_each_likeness_falls_with_the_difference(name, one, other, expected):
    assert factor(name, faces(**one), faces(**other)) == pytest.approx(expected)


def test_geometry_is_measured_in_the_spread_of_the_population():
    one, other = faces(geometry=(0.5, 0.9)), faces(geometry=(0.6, 0.9))
    assert factor("geometry", one, other, spread={"eyes": 0.1, "nose": 0.1}) == pytest.approx(np.exp(-0.25))


def test_geometry_goes_by_the_ratios_that_both_have():
    one, other = faces(geometry=(0.5, np.nan)), faces(geometry=(0.6, 0.9))
    assert factor("geometry", one, other, spread={"eyes": 0.1}) == pytest.approx(np.exp(-0.5))


def test_geometry_has_a_usual_spread_while_there_is_no_population():
    one, other = faces(geometry=(0.50, 1.0)), faces(geometry=(0.54, 1.0))
    expected = np.exp(-np.square(0.04 / (0.08 * 0.52)) / 4.0)
    assert factor("geometry", one, other) == pytest.approx(expected)


def test_ratios_that_are_zero_for_both_are_alike():
    assert factor("geometry", faces(geometry=(0.0, 0.0)), faces(geometry=(0.0, 0.0))) == 1.0


def test_one_face_stands_against_many():
    found = factors(np.array([0.1, 0.2, 0.3]), faces(**ALL), faces(3, **ALL), {})
    assert found.shape == (3, 6)
    np.testing.assert_allclose(found[:, 0], [0.1, 0.2, 0.3])


def test_the_total_is_the_weighted_mean():
    assert totals(np.array([[1.0, 0.5, 0.0, 1.0, 0.0, 1.0]]), WEIGHTS) == pytest.approx(0.20 + 0.10 + 0.15 + 0.15)


def test_the_weights_of_what_is_missing_are_shared_by_the_rest():
    found = np.array([[0.8, 0.4, np.nan, np.nan, np.nan, np.nan]])
    assert totals(found, WEIGHTS) == pytest.approx(0.6)


def test_where_nothing_that_weighs_is_known_there_is_no_total():
    assert np.isnan(totals(np.array([[0.8] + [np.nan] * 5]), {"age": 1.0}))


def test_the_spread_is_that_of_ratios_which_differ():
    some = faces(3)
    some.geometry[:] = [[0.4, 1.0], [0.6, 1.0], [np.nan, 1.0]]
    assert spread_of(some) == {"eyes": pytest.approx(0.1)}


def test_some_faces_are_taken_with_all_that_is_known_of_them():
    some = faces(3, **ALL)
    some.age[:] = [1, 2, 3]
    taken = some.take(np.array([2, 0]))
    assert (taken.age.tolist(), len(taken), taken.ratios) == ([3.0, 1.0], 2, some.ratios)
