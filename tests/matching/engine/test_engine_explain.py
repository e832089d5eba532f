"""Explanations: the same from both sides, two to four reasons, nothing that is not meant to leave."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_people, swapped

from matching.engine.explain import TEXTS, Explanation, Vocabulary, explain, label
from matching.engine.features import DIMENSIONS, People, features
from matching.engine.scores import CONNECT, FRIENDSHIP

NAMES = Vocabulary(
    values=[f"value_{i}" for i in range(10)],
    goals=[f"goal_{i}" for i in range(5)],
    interests=[f"topic_{i}" for i in range(12)],
)


def of_pair(people: People, profile=CONNECT) -> Explanation:
    vectors = features(people)
    return explain(vectors.take([0]), vectors.take([1]), profile, NAMES)[0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([CONNECT, FRIENDSHIP]))
def test_a_complete_pair_gets_two_to_four_reasons_from_what_weighs(seed: int, profile) -> None:
    found = of_pair(random_people(2, seed), profile)
    assert 2 <= len(found.reasons) <= 4
    assert all(profile.weights[reason.dimension] > 0.0 for reason in found.reasons)
    assert len({reason.dimension for reason in found.reasons}) == len(found.reasons)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_both_sides_are_told_the_same(seed: int) -> None:
    people = random_people(2, seed, 0.2)
    assert of_pair(people) == of_pair(swapped(people, np.array([1, 0])))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_only_steps_of_five_labels_codes_and_known_names_leave(seed: int) -> None:
    found = of_pair(random_people(2, seed, 0.2), FRIENDSHIP)
    numbers = [found.total, *found.scores.values()]
    assert all(number is None or number in range(0, 101, 5) for number in numbers)
    assert set(found.labels.values()) <= {"strong", "good", "mixed", "low", None}
    allowed = {*NAMES.values, *NAMES.goals, *NAMES.interests}
    for reason in found.reasons:
        assert reason.code in TEXTS or reason.code == f"{reason.dimension}_different"
        assert set(reason.params) <= {"names"}
        assert set(reason.params.get("names", ())) <= allowed
    assert json.loads(json.dumps(asdict(found)))


def test_what_one_lacks_is_null_and_gives_no_reason() -> None:
    people = random_people(2, 4)
    found = of_pair(replace(people, astro=people.astro * [[np.nan], [1.0]]))
    assert (found.scores["astro"], found.labels["astro"]) == (None, None)
    assert found.scores["hd"] is not None
    assert "astro" not in {reason.dimension for reason in found.reasons}


def test_a_value_is_named_where_both_hold_it_and_not_where_only_one_does() -> None:
    people = random_people(2, 4)
    values = np.zeros((2, 10))
    values[:, 3], values[0, 5] = 1.0, 1.0
    found = of_pair(replace(people, values=values, goals=np.zeros((2, 5))))
    reason = next(reason for reason in found.reasons if reason.dimension == "values")
    assert reason.code == "values_shared"
    assert reason.params == {"names": ["value_3"]}
    assert reason.text == "You both hold dear: value 3."


def test_a_shared_aversion_is_close_but_not_named() -> None:
    people = random_people(2, 4)
    values = np.full((2, 10), -1.0)
    found = of_pair(replace(people, values=values, goals=np.zeros((2, 5))))
    reason = next(reason for reason in found.reasons if reason.dimension == "values")
    assert (reason.code, reason.params) == ("values_close", {})


def test_a_pair_with_nothing_in_common_still_gets_an_answer() -> None:
    found = of_pair(random_people(2, 0, 1.0))
    assert (found.total, found.reasons) == (None, [])
    assert found.scores == dict.fromkeys(DIMENSIONS)


@pytest.mark.parametrize(
    ("score", "word"),
    [(100.0, "strong"), (70.0, "strong"), (69.9, "good"), (57.9, "mixed"), (44.9, "low"), (0.0, "low")],
)
def test_labels(score: float, word: str) -> None:
    assert label(score) == word
