"""Web processes are killed in a burst of messages: every acknowledged one is there once and in order (fault 1).

Two of three are killed, each after a number of acknowledgements that the seed draws, and their clients go to another.
MORE=20 says 10,000 messages.
"""

import asyncio
import contextlib
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from bench.stack import serving
from tests.chat.people import make_token, make_two
from tests.faults.device import Device
from tests.faults.live import UNHURRIED, own_redis, surroundings
from tests.lengths import MORE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

SEED = int(os.environ.get("SEED", "1"))
ROOMS = 5
EACH = 50 * MORE
"""What each of the two people of a room says."""


class Servers:
    """Three of them, as behind a balancer; those that are killed stay dead."""

    def __init__(self, environment, stack):
        with ThreadPoolExecutor(3) as threads:
            starting = [threads.submit(stack.enter_context, serving(UNHURRIED, **environment)) for _ in range(3)]
        self.up = [started.result() for started in starting]

    def addresses(self):
        return [server.origin for server in self.up]

    def kill(self):
        os.kill(self.up.pop(0).pid, signal.SIGKILL)


def words(name):
    return {f"{name}-{number}": f"{name} says {number}" for number in range(EACH)}


async def talk(servers, rooms, tokens, moments):
    """Everybody talks at once; what each device was told and acknowledged, with a refetch of its room."""
    devices = [Device(tokens[person], two.conversation.id) for two in rooms for person in (two.a, two.b)]
    names = [str(number) for number in range(len(devices))]
    for number, device in enumerate(devices):
        await device.open(servers.addresses()[number % 3])
    talking = [
        asyncio.create_task(device.say_all(words(name), servers.addresses))
        for name, device in zip(names, devices, strict=True)
    ]
    for moment in moments:
        while sum(len(device.said) for device in devices) < moment:
            await asyncio.sleep(0.002)
        servers.kill()
    await asyncio.gather(*talking)
    for device in devices:
        await device.return_to(servers.addresses)
    found = [(name, device, await device.fetch()) for name, device in zip(names, devices, strict=True)]
    await asyncio.gather(*(device.close() for device in devices))
    return found


def test_every_acknowledged_message_is_there_once_and_in_order(tmp_path):
    drawn, everything = random.Random(SEED), ROOMS * 2 * EACH
    moments = sorted(drawn.randint(everything // 10, everything * 8 // 10) for _ in range(2))
    rooms = [make_two() for _ in range(ROOMS)]
    tokens = {person: make_token(person) for two in rooms for person in (two.a, two.b)}
    connections.close_all()
    with own_redis(tmp_path) as redis, contextlib.ExitStack() as stack:
        servers = Servers(surroundings(redis), stack)
        found = asyncio.run(talk(servers, rooms, tokens, moments))
    for name, device, refetched in found:
        told = [device.events[seq] for seq in sorted(device.events)]
        said = [frame["data"] for frame in refetched if frame["type"] == "chat.message"]
        own = [frame for frame in said if frame["from"] == "me"]
        assert [frame["data"]["seq"] for frame in refetched] == list(range(1, 2 * EACH + 2)), f"SEED={SEED}"
        assert told == refetched, f"SEED={SEED}"
        assert {frame["client_id"]: frame["text"] for frame in own} == words(name), f"SEED={SEED}"
        assert [frame["client_id"] for frame in own] == list(words(name)), f"SEED={SEED}"
        assert {frame["client_id"]: frame["seq"] for frame in own} == device.said, f"SEED={SEED}"
