"""The numbers the engine goes by: what is taken, what is refused, what a version is called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from profiles import CONNECT, FRIENDSHIP, SHIPPED

from matching.engine.parameters import RANGES, Parameters, number_of, version

NUMBERS = {name: SHIPPED[name] for name in RANGES}
TAKEN = Parameters("connect-v1.1", CONNECT, FRIENDSHIP, **NUMBERS)
STEPS = {float: 0.001, int: 1, timedelta: timedelta(seconds=1)}


def edges():
    return [(name, limit, sign) for name, (least, most) in RANGES.items() for limit, sign in ((least, -1), (most, 1))]


@pytest.mark.parametrize(("name", "limit", "sign"), edges())
def test_a_number_may_be_what_its_range_ends_with(name: str, limit: object, sign: int) -> None:
    assert getattr(replace(TAKEN, **{name: limit}), name) == limit


@pytest.mark.parametrize(("name", "limit", "sign"), edges())
def test_a_number_out_of_its_range_is_refused(name: str, limit: object, sign: int) -> None:
    with pytest.raises(ValueError, match=f"{name} must lie between"):
        replace(TAKEN, **{name: limit + sign * STEPS[type(limit)]})


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        replace(TAKEN, threshold=float("nan"))


@pytest.mark.parametrize(("profile", "number"), [("connect", 1), ("friendship", 27)])
def test_a_version_names_its_number(profile: str, number: int) -> None:
    assert version(profile, number).startswith(f"{profile}-v")
    assert number_of(version(profile, number)) == number


@pytest.mark.parametrize("old", ["connect-v1", "friendship-v1"])
def test_what_was_made_before_there_were_numbers_is_the_firsts(old: str) -> None:
    assert number_of(old) == 1
