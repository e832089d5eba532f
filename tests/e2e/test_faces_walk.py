"""The walk of `make demo-faces`, as a test: a stack of its own, with the demo pool's faces."""

import pytest

from tests.e2e import faces_walk


@pytest.mark.e2e
def test_two_people_go_from_a_picture_to_a_baby_and_take_it_back():
    told: list[str] = []
    faces_walk.run(told.append)
    assert told[-1].startswith("Ben finds neither the likeness nor the baby")
