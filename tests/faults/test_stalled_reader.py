"""A reader that stalls past the layer's capacity finds its gap and fills it; nobody else waits for it (fault 3).

That the others are not slowed is no matter of time here: all they say and hear is complete while the stalled one still
takes nothing.
"""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from connect.services import sessions
from tests.chat.people import make_session, make_token, make_two
from tests.faults.device import PATIENCE, Device
from tests.faults.live import UNHURRIED, stack
from tests.safety.rows import person as staff_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

CAPACITY = settings.CHANNEL_LAYERS["default"]["CONFIG"]["capacity"]
WORDS = {f"{number}": f"{number} ".ljust(4000, ".") for number in range(CAPACITY + 80)}
"""What the layer holds for one reader, and more than what the network between them does."""
LAST = len(WORDS) + 1
REVOKED = 4408


@pytest.fixture(scope="module")
def live(django_db_setup, tmp_path_factory):
    with stack(tmp_path_factory.mktemp("redis"), UNHURRIED) as running:
        yield running


async def stalled(device, origin):
    """Open with as little room for what is not read as there can be, and take nothing any more."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # the server's side holds some of these, and no more
    await asyncio.to_thread(narrow.connect, (urlsplit(origin).hostname, urlsplit(origin).port))
    await device.enter(origin, sock=narrow, max_queue=1)
    device.reading.clear()
    return device


async def talk(origin, two, other, tokens):
    """Somebody says all the words to one whose phone stalls and whose laptop does not, while two others talk."""
    phone = await stalled(Device(tokens[two.b], two.conversation.id), origin)
    laptop, speaker = (
        await Device(tokens[two.b], two.conversation.id).enter(origin),
        await Device(tokens[two.a], two.conversation.id).enter(origin),
    )
    third, fourth = (
        await Device(tokens[other.a], other.conversation.id).enter(origin),
        await Device(tokens[other.b], other.conversation.id).enter(origin),
    )
    await asyncio.gather(
        speaker.say_all(WORDS, list),
        third.say_all({f"third {number}": "Good evening" for number in range(30)}, list),
        fourth.say_all({f"fourth {number}": "Good evening" for number in range(30)}, list),
    )
    for device in (laptop, speaker):
        await device.has(LAST)
    for device in (third, fourth):
        await device.has(61)
    heard_stalled = len(phone.events)
    phone.reading.set()
    async with asyncio.timeout(PATIENCE):
        while LAST not in phone.events:
            await asyncio.sleep(0.01)
    missed = LAST - len(phone.events)
    await phone.catch_up()
    await speaker.say("after", "And now?")
    await phone.has(LAST + 1)
    await laptop.has(LAST + 1)
    await asyncio.gather(*(device.close() for device in (phone, laptop, speaker, third, fourth)))
    return phone, laptop, heard_stalled, missed


def test_it_misses_what_the_layer_does_not_hold_and_fetches_it(live):
    two, other = make_two(), make_two()
    tokens = {person: make_token(person) for room in (two, other) for person in (room.a, room.b)}
    connections.close_all()
    phone, laptop, heard_stalled, missed = asyncio.run(talk(live.server.origin, two, other, tokens))
    assert heard_stalled < CAPACITY  # it had stalled when all others had heard everything
    assert missed > 0
    assert phone.events == laptop.events


async def end_both(origin, two, tokens, end):
    """The close code of the one who listens, when both sessions end while the other stalls."""
    phone = await stalled(Device(tokens[two.b], two.conversation.id), origin)
    listener = await Device(tokens[two.a], two.conversation.id).enter(origin)
    await listener.say_all(WORDS, list)
    await asyncio.to_thread(end)
    code = await listener.closed()
    phone.reading.set()
    return code, await phone.closed(), phone.told


def test_one_who_stalls_keeps_no_other_session_from_ending(live):
    two = make_two()
    devices = [make_session(person) for person in (two.a, two.b)]
    tokens = {session.user_id: make_token(session.user_id, session) for session in devices}
    staff = staff_member().id

    def end():
        with transaction.atomic():
            for session in devices:
                sessions.revoke_as_staff(session=session, by=staff, now=timezone.now())
        connections.close_all()

    connections.close_all()
    code, stalled_code, told = asyncio.run(end_both(live.server.origin, two, tokens, end))
    assert (code, stalled_code) == (REVOKED, REVOKED)
    assert told[-1]["type"] == "session.revoked"
