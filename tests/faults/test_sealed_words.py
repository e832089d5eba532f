"""What is sealed opens in its own place alone, and keys are rotated while people talk (fault 16)."""

import base64
import os
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import orjson
import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services import keys, messages
from chat.services import reports as chat_reports
from safety import crypto
from safety.crypto import Tampered
from safety.enums import ReportReason
from safety.models import Report
from safety.services import reports
from tests.chat.people import Two, Web, make_two, send

SEED = 16


def flip(sealed, at):
    changed = bytearray(sealed)
    changed[at] ^= 1
    return bytes(changed)


def first(two):
    return Message.objects.filter(conversation=two.conversation).earliest("seq")


def store(message, **changes):
    Message.objects.filter(id=message.id).update(**changes)


def alter(two, other):
    sealed = bytes(first(two).content_ciphertext)
    store(first(two), content_ciphertext=flip(sealed, random.Random(SEED).randrange(len(sealed))))


def cut_short(two, other):
    store(first(two), content_ciphertext=bytes(first(two).content_ciphertext)[:-1])


def bring_from_another_room(two, other):
    store(first(two), content_ciphertext=first(other).content_ciphertext)


def move_to_this_room(two, other):
    """The whole row, as it stands, from the other conversation of the same person."""
    store(first(other), conversation=two.conversation, seq=50)


def swap_with_another_message(two, other):
    earlier, later = Message.objects.filter(conversation=two.conversation, sender=two.a).order_by("seq")[:2]
    store(earlier, content_ciphertext=later.content_ciphertext)


def put_in_the_others_mouth(two, other):
    store(first(two), sender_id=two.b)


def exchange_the_rooms_keys(two, other):
    Conversation.objects.filter(id=two.conversation.id).update(data_key=other.fresh().data_key)


def alter_the_rooms_key(two, other):
    key = bytes(two.fresh().data_key)
    Conversation.objects.filter(id=two.conversation.id).update(data_key=flip(key, -1))


def lose_the_rooms_key(two, other):
    Conversation.objects.filter(id=two.conversation.id).update(data_key=None)


WAYS = [
    alter,
    cut_short,
    bring_from_another_room,
    move_to_this_room,
    swap_with_another_message,
    put_in_the_others_mouth,
    exchange_the_rooms_keys,
    alter_the_rooms_key,
    lose_the_rooms_key,
]
each_way = pytest.mark.parametrize("tamper", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def two(db) -> Two:
    return make_two()


@pytest.fixture
def rooms(two):
    """Two rooms of one person, with words in both."""
    other = make_two(first=two.a)
    for text in ("here one", "here two"):
        send(two, text, by=two.a)
    send(other, "there one", by=two.a)
    return two, other


def readings(two):
    return [
        Web(two.b).get(f"/api/conversations/{two.conversation.id}/messages"),
        Web(two.b).get("/connect/chat", blindChatId=str(two.conversation.id)),
    ]


@each_way
def test_what_was_tampered_with_is_refused_and_not_shown(rooms, tamper):
    two, other = rooms
    tamper(two, other)
    for reply in readings(two):
        assert (reply.status_code, reply.json()["code"]) == (409, "message_unreadable")
        assert "here" not in reply.content.decode()
        assert "there" not in reply.content.decode()


def test_what_was_not_is_read(rooms):
    assert [reply.status_code for reply in readings(rooms[0])] == [200, 200]


@each_way
def test_a_report_is_filed_all_the_same_and_says_what_cannot_be_read(rooms, tamper, now):
    """Tampering must not keep anybody from asking for help, and is itself evidence."""
    two, other = rooms
    tamper(two, other)
    told = opened(filed(two, now))
    unreadable = [line["text"] for line in told["messages"] if not line["readable"]]
    assert unreadable
    assert set(unreadable) == {None}
    assert "there one" not in [line["text"] for line in told["messages"]]


def filed(two, now):
    return chat_reports.about_conversation(
        conversation_id=two.conversation.id, by=two.b, reason=ReportReason.THREAT, details="", now=now
    )


def opened(report):
    fresh = Report.objects.get(id=report.id)
    return orjson.loads(reports.read_evidence(report=fresh, by=uuid4()))


EVIDENCE = {
    "altered": lambda one, two: {"evidence": flip(bytes(one.evidence), 20)},
    "cut short": lambda one, two: {"evidence": bytes(one.evidence)[:-1]},
    "of another case": lambda one, two: {"evidence": two.evidence},
    "with its key": lambda one, two: {"evidence": two.evidence, "evidence_key": two.evidence_key},
    "under another key": lambda one, two: {"evidence_key": two.evidence_key},
    "under an altered key": lambda one, two: {"evidence_key": flip(bytes(one.evidence_key), -1)},
}


@pytest.mark.parametrize("tamper", EVIDENCE.values(), ids=EVIDENCE)
def test_evidence_that_was_tampered_with_is_refused(rooms, now, tamper):
    one, two = (filed(room, now) for room in rooms)
    Report.objects.filter(id=one.id).update(**tamper(one, two))
    with pytest.raises(Tampered):
        opened(one)
    assert opened(two)["messages"][0]["text"] == "there one"


# Keys are rotated under load.


def new_key():
    return f"k{uuid4().hex[:8]}:{base64.b64encode(os.urandom(32)).decode()}"


class Load:
    """People who talk, read and report in threads until they are told to stop."""

    def __init__(self, rooms):
        self.rooms, self.stop, self.said = rooms, Event(), []

    def work(self, act):
        rng, done = random.Random(SEED), 0
        try:
            while not self.stop.is_set() or not done:
                act(rng)
                done += 1
        finally:
            connections.close_all()
        return done

    def talk(self, rng):
        two, text = rng.choice(self.rooms), uuid4().hex
        with transaction.atomic():
            send(two, text)
        self.said.append((two.conversation.id, text))

    def read(self, rng):
        two = rng.choice(self.rooms)
        with transaction.atomic():
            messages.after(conversation=two.fresh(), after_seq=0, limit=1000, viewer=two.b)

    def open(self, rng):
        self.rooms.append(make_two())


@pytest.mark.django_db(transaction=True)
def test_keys_are_rotated_while_people_talk_and_everything_reads(settings):
    load = Load([make_two() for _ in range(6)])
    reported = make_two()
    with transaction.atomic():
        send(reported, "kept as evidence")
        report = filed(reported, timezone.now())
    with ThreadPoolExecutor(5) as threads:
        busy = [threads.submit(load.work, act) for act in (load.talk, load.talk, load.read, load.read, load.open)]
        try:
            for _ in range(4):
                before = len(load.said)
                settings.DATA_KEYS = [new_key(), *settings.DATA_KEYS]
                assert keys.rotate() > 0
                assert wait_for_words(load, before + 5)
        finally:
            load.stop.set()
        assert all(done.result() > 0 for done in busy)
    call_command("rotate_keys")
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert all(crypto.is_current(bytes(room.data_key)) for room in Conversation.objects.all())
    assert said_in(load.rooms) == sorted(load.said)
    with transaction.atomic():
        assert opened(report)["messages"][0]["text"] == "kept as evidence"


def wait_for_words(load, count):
    """The load goes on; a bounded wait."""
    pause = Event()
    return any(len(load.said) >= count or pause.wait(0.02) for _ in range(1000))


def said_in(rooms):
    found = []
    for two in rooms:
        frames = messages.after(conversation=two.fresh(), after_seq=0, limit=10_000, viewer=two.b)
        found += [(two.conversation.id, frame.data["text"]) for frame in frames if frame.type == "chat.message"]
    return sorted(found)
