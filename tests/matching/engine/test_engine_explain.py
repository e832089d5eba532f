"""Explanations: the same from both sides, two to four reasons, nothing that is not meant to leave."""

import json
from dataclasses import asdict, replace

import numpy as np
import plain_explain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_people, swapped
from profiles import CONNECT, FRIENDSHIP

from matching.engine.explain import CODES, Explanation, Vocabulary, explain, labels, public_scores
from matching.engine.features import DIMENSIONS, People, features
from matching.engine.scores import public_score

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
        assert reason.code in CODES
        assert reason.code.startswith(reason.dimension)
        assert set(reason.params) <= {"names"}
        assert set(reason.params.get("names", ())) <= allowed
    assert json.loads(json.dumps(asdict(found)))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_number_is_told_of_what_weighs_and_of_nothing_that_hangs_on_one_answer(seed: int) -> None:
    people = random_people(2, seed)
    for profile in (CONNECT, FRIENDSHIP):
        said = of_pair(people, profile)
        numbers = {name for name, score in said.scores.items() if score is not None}
        assert numbers == {name for name, weight in profile.weights.items() if weight} - {"depth", "readiness"}
        assert numbers == {name for name, word in said.labels.items() if word is not None}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_one_number_has_one_label(seed: int) -> None:
    vectors = features(random_people(40, seed))
    ends = np.random.default_rng(seed).integers(0, 40, (2, 200))
    words: dict[int, str] = {}
    for pair in explain(vectors.take(ends[0]), vectors.take(ends[1]), FRIENDSHIP, NAMES):
        for name, score in pair.scores.items():
            if score is not None:
                assert words.setdefault(score, pair.labels[name]) == pair.labels[name]


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


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_is_named_both_have(seed: int) -> None:
    people = random_people(40, seed, 0.1)
    vectors, (one, other) = features(people), np.random.default_rng(seed).integers(0, 40, (2, 100))
    told = explain(vectors.take(one), vectors.take(other), FRIENDSHIP, NAMES)
    has = dict(zip(NAMES.values, people.values.T, strict=True))
    has |= dict(zip(NAMES.goals, people.goals.T, strict=True))
    has |= dict(zip(NAMES.interests, people.interests.T - 50.0, strict=True))
    for i, j, pair in zip(one, other, told, strict=True):
        for name in (name for reason in pair.reasons for name in reason.params.get("names", ())):
            assert min(has[name][i], has[name][j]) > 0.0


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
    [(100.0, "strong"), (67.5, "strong"), (67.4, "good"), (57.5, "good"), (57.4, "mixed"), (42.4, "low"), (0.0, "low")],
)
def test_labels(score: float, word: str) -> None:
    assert labels(np.array([score], dtype=np.float32)).tolist() == [word]


def test_no_score_has_no_label() -> None:
    assert labels(np.array([[np.nan]], dtype=np.float32)).tolist() == [[None]]


def test_many_scores_are_shown_as_each_alone() -> None:
    scores = np.append(np.linspace(0, 100, 2001), np.nan).astype(np.float32)
    assert public_scores(scores).tolist() == [public_score(score) for score in scores]


@pytest.mark.parametrize("profile", [CONNECT, FRIENDSHIP])
@pytest.mark.parametrize("missing", [0.0, 0.3, 0.8])
def test_many_pairs_are_told_what_each_alone_is(missing: float, profile) -> None:
    vectors = features(random_people(120, 11, missing))
    one, other = (vectors.take(ends) for ends in np.random.default_rng(5).integers(0, 120, (2, 600)))
    assert explain(one, other, profile, NAMES) == plain_explain.explanations(one, other, profile, NAMES)


def test_no_pairs_are_told_nothing() -> None:
    nobody = features(random_people(2, 1)).take(slice(0))
    assert explain(nobody, nobody, CONNECT, NAMES) == []


def test_every_code_is_given_to_somebody() -> None:
    vectors = features(random_people(300, 3))
    ends = np.random.default_rng(4).integers(0, 300, (2, 20_000))
    told = (explain(vectors.take(ends[0]), vectors.take(ends[1]), profile, NAMES) for profile in (CONNECT, FRIENDSHIP))
    assert {reason.code for said in told for pair in said for reason in pair.reasons} == set(CODES)


def test_what_a_match_keeps_is_plain_json_without_words() -> None:
    kept = of_pair(random_people(2, 4)).stored()
    assert set(kept) == {"engine_version", "total", "scores", "labels", "reasons"}
    assert {frozenset(reason) for reason in kept["reasons"]} == {frozenset({"code", "params"})}
    assert json.loads(json.dumps(kept)) == kept
