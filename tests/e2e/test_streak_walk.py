"""The walk of `make demo-streak`, as a test: a stack of its own, whose clock is moved."""

import pytest

from tests.e2e import streak_walk


@pytest.mark.e2e
def test_two_people_go_from_discovery_to_a_face_in_fifteen_days():
    told: list[str] = []
    streak_walk.run(lambda clock, line: told.append(line))
    assert told[-1] == "Ada reads: Chess on Sunday?"
