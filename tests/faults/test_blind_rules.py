"""Random operations of several people in blind chats, with faults, against a model of the rules (fault 20).

Over the real API, committed for real. The seed draws who does what and what goes wrong: the same call twice, a backend
killed in the middle of its transaction and the call made again with the same key, Redis away. Whatever is answered, and
where everything stands after, is what the model says. A failure names its seed and what was done; SEED=n runs that one
alone.
"""

import os
import random
import socket
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import combinations

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from chat.models import ConversationEvent
from chat.services import conversations, reveals
from config.settings.limits import LIMITS
from connect.models import DeviceSession
from matching.models import Match
from safety import limits
from tests.chat.people import Web, make_two, make_user
from tests.faults.blind_model import Model
from tests.faults.live import database_url
from tests.lengths import MORE

pytestmark = pytest.mark.django_db(transaction=True)

SEEDS = range(5 * MORE)
if "SEED" in os.environ:
    SEEDS = [int(os.environ["SEED"])]
STEPS = 40
PEOPLE = 3
LOOK_EVERY = 10
LEAPS = [timedelta(minutes=4), timedelta(minutes=16), timedelta(hours=25), timedelta(hours=49), timedelta(days=15)]
KINDS = {
    "say": 14,
    "read": 4,
    "take_back": 4,
    "request": 5,
    "withdraw": 2,
    "accept": 4,
    "decline": 2,
    "end": 1,
    "block": 1,
}
FAULTS = {"none": 6, "twice": 2, "killed": 3, "no redis": 2}
NEEDS_REDIS = {"say", "request", "accept"}
KEYED = {"request", "withdraw", "accept", "decline"}


@pytest.fixture(autouse=True)
def unhurried(settings):
    """Windows that never fill, each as sensitive as ever."""
    settings.LIMITS = {name: {"sensitive": policy["sensitive"]} for name, policy in LIMITS.items()}


class World:
    """The people and rooms of one seed: the product's and the model's."""

    def __init__(self, monkeypatch, settings):
        self.people = [make_user().id for _ in range(PEOPLE)]
        pairs = list(combinations(range(PEOPLE), 2))
        self.rooms = [make_two(self.people[one], self.people[other]) for one, other in pairs]
        self.model = Model(pairs, timezone.now())
        monkeypatch.setattr("config.clock.now", lambda: self.model.now)
        monkeypatch.setattr(AccessToken, "lifetime", timedelta(days=1000))
        self.web = [Web(person) for person in self.people]
        DeviceSession.objects.update(expires_at=self.model.now + timedelta(days=1000))
        self.offers, self.settings, self.history = {}, settings, []

    def step(self, drawn, number):
        if drawn.random() < 0.12:
            self.pass_time(drawn)
            return
        kind, data = self.draw(drawn)
        fault = drawn.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.history.append((number, kind, data, fault))
        key = f"{number}"
        if fault == "killed":
            first = self.killed(kind, data, key, drawn.randint(2, 16)) or self.check(kind, data, key)
        elif fault == "no redis" and kind in NEEDS_REDIS:
            with self.no_redis():
                assert code_of(self.call(kind, data, key)) == (503, "unavailable")
            first = self.check(kind, data, key)
        else:
            with self.no_redis() if fault == "no redis" else nullcontext():
                first = self.check(kind, data, key)
        if fault == "twice":
            self.again(kind, data, key, first)

    def pass_time(self, drawn):
        """Time passes; what the clock brings about comes now, later or twice."""
        self.model.now += drawn.choice(LEAPS)
        sweeps = drawn.randint(0, 2)
        self.history.append((str(self.model.now), "sweeps", sweeps))
        for _ in range(sweeps):
            reveals.expire_overdue(now=self.model.now)
            conversations.close_silent(now=self.model.now)
            self.model.sweep()

    def draw(self, drawn):
        """Mostly of one's own room and offers, now and then not."""
        kind = drawn.choices(list(KINDS), list(KINDS.values()))[0]
        room = drawn.randrange(len(self.rooms))
        by = drawn.choice(self.model.rooms[room].people if drawn.random() < 0.95 else range(PEOPLE))
        if kind in {"accept", "decline"}:
            if not self.model.offers:
                return "request", {"by": by, "room": room}
            offer = drawn.choice(self.model.offers[-3:])
            others = [one for one in self.model.rooms[offer.room].people if one != offer.by]
            return kind, {"by": drawn.choice([*others * 6, by]), "offer": offer.number}
        data = {"by": by, "room": room}
        if kind == "say":
            own = drawn.randrange(60)
            data |= {"client_id": f"c{own}", "text": f"word {own if drawn.random() < 0.9 else 'other'}"}
        elif kind in {"read", "take_back"}:
            own = [one.seq for one in self.model.said if kind == "take_back" and (one.by, one.room) == (by, room)]
            data["seq"] = drawn.choice([*own * 9, drawn.randint(1, len(self.model.rooms[room].log) + 1)])
        return kind, data

    def check(self, kind, data, key):
        """The call's reply, which is the model's."""
        expected = self.model.answer(kind, **data)
        reply = self.call(kind, data, key)
        assert self.seen(reply, expected[1]) == expected
        return reply

    def again(self, kind, data, key, first):
        """The same call once more: under a key it is the same reply, else what the model makes of a second one."""
        if kind in KEYED:
            second = self.call(kind, data, key)
            assert (second.status_code, second.json()) == (first.status_code, first.json())
        else:
            self.check(kind, data, key)

    def seen(self, reply, facts):
        body = dict(reply.json())
        if "offer" in facts:
            body["offer"] = facts["offer"]
            assert self.offers.setdefault(facts["offer"], body["revealId"]) == body["revealId"]
        return reply.status_code, {name: body.get(name) for name in facts}

    def call(self, kind, data, key):
        web = self.web[data["by"]]
        if kind in {"accept", "decline"}:
            return web.post("/connect/reveal", {"revealId": self.offers[data["offer"]], "action": kind}, key)
        two = self.rooms[data["room"]]
        path = f"/api/conversations/{two.conversation.id}"
        if kind in {"request", "withdraw"}:
            return web.post("/connect/reveal", {"matchId": str(two.match.id), "action": kind}, key)
        if kind == "say":
            return web.post(f"{path}/messages", {"client_id": data["client_id"], "text": data["text"]})
        if kind == "read":
            return web.post(f"{path}/read", {"seq": data["seq"]})
        if kind == "take_back":
            return web.delete(f"{path}/messages/{data['seq']}")
        if kind == "end":
            return web.post(f"{path}/end")
        return web.post("/api/blocks", {"conversation_id": str(two.conversation.id)})

    def killed(self, kind, data, key, statement):
        """The backend is killed before that statement of the call's transaction; the reply, where it asks for less."""
        killer = Killer(statement)
        with connection.execute_wrapper(killer):
            reply = self.call(kind, data, key)
        if killer.left <= 0:
            assert code_of(reply) == (503, "unavailable")
            return None
        expected = self.model.answer(kind, **data)
        assert self.seen(reply, expected[1]) == expected
        return reply

    @contextmanager
    def no_redis(self):
        """Nobody listens where Redis should be."""
        url = self.settings.REDIS_URL
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        limits._script.cache_clear()
        try:
            yield
        finally:
            self.settings.REDIS_URL = url
            limits._script.cache_clear()

    def look(self):
        """Everybody looks at everything, and so does the database."""
        for number, (two, room) in enumerate(zip(self.rooms, self.model.rooms, strict=True)):
            for person in room.people:
                assert self.shown(person, two) == self.expected(person, number)
            assert log_of(two) == list(enumerate(room.log, 1))
            assert Match.objects.get(id=two.match.id).status == MATCH[room.state]

    def shown(self, person, two):
        path = f"/api/conversations/{two.conversation.id}"
        stands = self.web[person].get(path).json()
        names = ("state", "reveal_state", "last_seq", "unread")
        lines = self.web[person].get(f"{path}/messages", limit=200).json()["messages"]
        told = [(one["seq"], one["from_me"], one["text"], one["retracted"]) for one in lines]
        read = {one["seq"] for one in lines if one["read_at"] and not one["retracted"]}
        return {name: stands[name] for name in names} | {"met": stands["peer_id"] is not None}, told, read

    def expected(self, person, number):
        room = self.model.rooms[number]
        said = [one for one in self.model.said if one.room == number]
        closed = room.state == "closed"
        stands = {
            "state": room.state,
            "reveal_state": room.reveal,
            "last_seq": len(room.log),
            "unread": 0 if closed else len(self.model.waiting(person, number)),
            "met": room.state == "revealed",
        }
        told = [(one.seq, one.by == person, one.text, one.retracted) for one in said]
        return stands, told, {one.seq for one in said if one.read and not one.retracted}


class Killer:
    """Ends the backend of this process from another, before the statement that is so many away in a transaction."""

    def __init__(self, left):
        self.left = left

    def __call__(self, execute, *asked):
        if connection.in_atomic_block:
            self.left -= 1
            if self.left == 0:
                with psycopg.connect(database_url(), autocommit=True) as other:
                    pid = connection.connection.info.backend_pid
                    assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone() == (True,)
        return execute(*asked)


MATCH = {"anonymous": "blind_chat_active", "revealed": "revealed", "closed": "closed"}


def code_of(reply):
    return reply.status_code, reply.json()["code"]


def log_of(two):
    """What happened in a conversation by its numbers, as the model writes it."""
    found = ConversationEvent.objects.filter(conversation=two.conversation).order_by("seq")
    return [(event.seq, word(event)) for event in found]


def word(event):
    if event.type == "reveal":
        return f"reveal {event.data['reveal_state']}"
    return event.data["state"] if event.type == "state" else event.type


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_it_is_as_the_rules_say(seed, monkeypatch, settings):
    world, drawn = World(monkeypatch, settings), random.Random(seed)
    try:
        for number in range(STEPS):
            world.step(drawn, number)
            if number % LOOK_EVERY == 0:
                world.look()
        world.look()
    except AssertionError as wrong:
        done = "\n".join(map(str, world.history))
        raise AssertionError(f"SEED={seed}, after\n{done}\n{wrong}") from wrong
