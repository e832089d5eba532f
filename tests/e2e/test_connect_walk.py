"""The walk of `make demo`, as a test: a real server, a real worker, real sockets."""

import asyncio

import pytest

from config.run import running_stack
from tests.e2e.walk import walk


@pytest.mark.e2e
def test_two_people_go_from_sign_up_to_mutual_reveal():
    told: list[str] = []
    with running_stack() as base_url:
        asyncio.run(walk(base_url, told.append))
    assert told[-1].endswith("gives feedback")
