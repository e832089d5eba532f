"""Frames of the socket in figures: by type and how they were answered."""

import pytest

from chat.calls import in_thread
from chat.handlers import HANDLERS
from config import measuring, tally
from tests.chat.people import new_two, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_counted():
    tally._counts.clear()


async def counted():
    samples = [sample for metric in await in_thread(list)(measuring.figures()) for sample in metric.samples]
    outcomes = {
        (sample.labels["type"], sample.labels["outcome"]): sample.value
        for sample in samples
        if sample.name == "socket_frames_total"
    }
    timed = {sample.labels["type"]: sample.value for sample in samples if sample.name == "socket_frame_seconds_count"}
    return outcomes, timed


async def test_frames_count_by_their_type_and_outcome_and_those_of_no_type_together(connect):
    client = await connect((await new_two()).a)
    await client.call("ping"), await client.call("ping"), await client.call("gate.decide", no=1)
    await client.call("chat.shout")
    assert await counted() == ({("ping", "ack"): 2, ("none", "refused"): 2}, {"ping": 2, "none": 2})


async def test_a_fault_of_ours_counts_as_that(connect, monkeypatch):
    def fail(*args):
        raise RuntimeError("of the test")

    monkeypatch.setitem(HANDLERS, "ping", fail)
    client = await connect((await new_two()).a)
    await client.call("ping")
    assert (await counted())[0] == {("ping", "failed"): 1}


async def test_messages_count_too(connect):
    two = await new_two()
    client = await connect(two.a)
    await said(client, two), await said(client, two, "  ", client_id="c2")
    assert (await counted())[0] == {("chat.send", "ack"): 1, ("chat.send", "refused"): 1}
