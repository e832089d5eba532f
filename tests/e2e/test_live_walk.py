"""The walk of `make demo-live`, as a test: a stack of its own, whose talks run faster."""

import pytest

from tests.e2e import live_walk


@pytest.mark.e2e
def test_two_strangers_go_from_the_queue_to_a_connection_and_to_trust():
    told: list[str] = []
    live_walk.run(lambda clock, line: told.append(line))
    assert told[-1].startswith("Ada's points with that and an intent for the week: 125")
