"""Killed between commit and publish, Redis dead, emptied and back: effects are there once, the rest is done (fault 4).

A process that is to die does so at the line between the two, by SIGKILL.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from celery import Celery
from django.conf import settings as configured
from django.db import connections, transaction
from redis import Redis

from bench.stack import serving
from chat.models import Conversation, ConversationEvent, Message, Reveal
from chat.services import reveals
from config.embedded.processes import HOST, wait_until
from connect import mail
from connect.enums import NotificationType
from connect.models import Notification, OutgoingMail
from tests.chat.people import make_token, make_two
from tests.faults.device import Device, Gone, Refused
from tests.faults.live import UNHURRIED, own_redis, surroundings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

DYING = ("tests.faults.dying:application", "bench.settings")
LAST = "the last word"


@pytest.fixture
def redis(tmp_path):
    with own_redis(tmp_path) as running:
        yield running


@pytest.fixture
def two():
    return make_two()


@pytest.fixture
def tokens(two):
    made = {person: make_token(person) for person in (two.a, two.b)}
    connections.close_all()
    return made


async def lose_the_server(dying, healthy, two, tokens):
    """The server of `a` dies with a word committed that nobody was told of; `b` listens at another."""
    a, b = (
        await Device(tokens[two.a], two.conversation.id).enter(dying),
        await Device(tokens[two.b], two.conversation.id).enter(healthy),
    )
    await a.say("1", "Hello")
    await b.has(2)
    with pytest.raises(Gone):
        await a.say("2", LAST)
    untold = 3 not in b.events
    await a.return_to(lambda: [healthy])
    found = a.events[3]["data"]["text"]
    await a.say("2", LAST)
    await a.say("3", "Are you there?")
    async with asyncio.timeout(30):
        while not b.has_gap:
            await asyncio.sleep(0.01)
    await b.catch_up()
    await asyncio.gather(a.close(), b.close())
    return untold, found, a, b


def test_a_word_whose_server_died_before_it_was_told_is_there_once(redis, two, tokens):
    with (
        serving(DYING, DIES_AT=LAST, VICTIMS="self", **surroundings(redis)) as dying,
        serving(UNHURRIED, **surroundings(redis)) as healthy,
    ):
        untold, found, a, b = asyncio.run(lose_the_server(dying.origin, healthy.origin, two, tokens))
    assert (untold, found, a.said) == (True, LAST, {"1": 2, "2": 3, "3": 4})
    assert [b.events[seq]["data"].get("text") for seq in (1, 2, 3, 4)] == [None, "Hello", LAST, "Are you there?"]
    assert Message.objects.count() == 3


async def lose_redis(origin, redis, two, tokens):
    """Redis dies between commit and publish, and comes back empty."""
    a, b = (
        await Device(tokens[two.a], two.conversation.id).enter(origin),
        await Device(tokens[two.b], two.conversation.id).enter(origin),
    )
    await a.say("1", LAST)
    fetched = [frame["data"].get("text") for frame in await b.fetch()]
    with pytest.raises(Refused, match="unavailable"):
        await a.say("2", "Hello?")
    untold = 2 not in b.events
    await asyncio.to_thread(redis.start)
    heard, number = False, 2
    async with asyncio.timeout(60):
        while not heard:  # until the server listens there again
            with contextlib.suppress(Refused):
                await a.say(f"{number}", f"word {number}")
                number += 1
            await asyncio.sleep(0.2)
            heard = any(seq > 2 for seq in b.events)
    await b.catch_up()
    await a.catch_up()
    await asyncio.gather(a.close(), b.close())
    return fetched, untold, a, b


def test_redis_that_died_before_a_word_was_told_costs_a_delay(redis, two, tokens):
    victims = {"DIES_AT": LAST, "VICTIMS": str(redis.process.pid)}
    with serving(DYING, **victims, **surroundings(redis)) as server:
        fetched, untold, a, b = asyncio.run(lose_redis(server.origin, redis, two, tokens))
    assert (fetched, untold) == ([None, LAST], True)
    assert [frame["data"]["seq"] for _, frame in sorted(b.events.items())] == list(range(1, len(a.said) + 2))
    assert {seq: frame["data"].get("text") for seq, frame in a.events.items()} == {
        seq: frame["data"].get("text") for seq, frame in b.events.items()
    }
    assert Notification.objects.filter(user_id=two.b, type=NotificationType.NEW_MESSAGE).count() == 1


# Workers.

TASKS = ["chat.tasks.expire_reveals", "chat.tasks.close_silent", "connect.tasks.send_mail"]
MAILS = 30


@pytest.fixture
def worker(redis, tmp_path):
    """Starts workers, with mail kept in a folder of the test's; whichever lives at the end is ended."""
    started = []

    def start(application, processes, **own):
        environment = os.environ | surroundings(redis) | {"VAR_DIR": str(tmp_path)} | own
        options = ["--quiet", "-A", application, "worker", "--concurrency", str(processes), "--loglevel", "warning"]
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "celery", *options, "--without-gossip", "--without-mingle"],
                env=environment | {"DATABASE_LOGIN": "worker"},
                cwd=configured.BASE_DIR,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


@pytest.fixture
def broker(redis):
    """Hands tasks to whichever worker listens."""
    return Celery(broker=redis.url, set_as_current=False)


def deliver(broker, times):
    for task in TASKS * times:
        broker.send_task(task)


def overdue(now, number):
    """Conversations with an offer that nobody answered in time."""
    rooms = [make_two() for _ in range(number)]
    for two in rooms:
        with transaction.atomic():
            reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    Reveal.objects.update(expires_at=now - timedelta(minutes=1))
    return rooms


def silent(now, number):
    """Conversations in which nobody has spoken for too long."""
    rooms = [make_two() for _ in range(number)]
    ids = [two.conversation.id for two in rooms]
    long_ago = now - configured.SILENCE_BEFORE_CLOSE - timedelta(minutes=1)
    Conversation.objects.filter(id__in=ids).update(last_activity_at=long_ago)
    return rooms


def left(now):
    quiet = Conversation.objects.silent_since(now - configured.SILENCE_BEFORE_CLOSE)
    return Reveal.objects.overdue(now).count(), quiet.count(), OutgoingMail.objects.count()


def story(two):
    """All that happened in a conversation, in order."""
    found = ConversationEvent.objects.filter(conversation=two.conversation).order_by("seq")
    return [(event.seq, event.data.get("reveal_state") or event.data["state"]) for event in found]


def mails(folder):
    """The ids of the mails that went out."""
    kept = [path.read_bytes() for path in (folder / "mail").glob("*.log")]
    return re.findall(rb"^Message-ID: (.+)$", b"".join(kept), re.MULTILINE)


def idle(redis):
    """Whether nothing is queued and nothing is worked at."""
    return not Redis(HOST, redis.port).exists("celery", "unacked")


def test_a_killed_worker_an_emptied_redis_and_tasks_twice_have_each_effect_once(redis, worker, broker, tmp_path, now):
    offers, quiet = overdue(now, 4), silent(now, 4)
    with transaction.atomic():
        for number in range(MAILS):
            mail.enqueue(to=f"{number}@maitribe.example", subject="Hello", body="Hello", now=now)

    first = worker("tests.faults.dying", 1, DIES_AT="expired", VICTIMS="parent self")
    deliver(broker, 1)
    first.wait(60)
    assert left(now) == (3, 4, MAILS)  # what was committed stays, and of what comes after nothing has begun

    deliver(broker, 3)
    Redis(HOST, redis.port).flushall()
    worker("config", 2), worker("config", 2)
    deliver(broker, 3)
    assert wait_until(lambda: left(now) == (0, 0, 0) and idle(redis), seconds=120)
    assert [story(two) for two in offers] == [[(1, "anonymous"), (2, "pending"), (3, "expired")]] * 4
    assert [story(two) for two in quiet] == [[(1, "anonymous"), (2, "closed")]] * 4
    sent = mails(tmp_path)
    assert (len(sent), len(set(sent))) == (MAILS, MAILS)
