"""What is unwanted is flagged on its way, at the recall docs/moderation_rules.md states (fault 18).

The texts are those that the rules were not made from: `words_fresh.csv`, and the half of `moderation_dev.csv` that is
only counted. Each is really sent, and flagged means what its two people see: refused, held, or delivered with a label.
"""

import math
import random
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from django.utils import timezone

from chat.models import Conversation, HeldMessage
from chat.services import reports as chat_reports
from config.settings.limits import LIMITS
from safety.enums import ReportReason
from safety.likeness import bands
from safety.models import Report, SafetyFlag
from safety.rulebook import Rulebook
from safety.services import reports
from safety.words.figures import BENIGN, read
from safety.words.rules import shipped
from tests.chat.people import Web, make_two, make_user

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent.parent / "safety"
KEPT_APART = [
    *read(HERE / "words_fresh.csv"),
    *(one for one in read(HERE / "moderation_dev.csv") if one.fold_of(2) == 1),
]
RECALL = 0.85
MOST_FALSE_ALARMS = 0.05
BOOK = Rulebook(shipped())
BOOK._due = math.inf


@pytest.fixture(autouse=True)
def rules_that_ship(monkeypatch, settings):
    monkeypatch.setattr("safety.rulebook.book", lambda: BOOK)
    settings.LIMITS = {name: {"sensitive": policy["sensitive"]} for name, policy in LIMITS.items()}


def texts(label):
    return [one.text for one in KEPT_APART if one.label == label]


def flagged(two, sender, other, text):
    """Whether either of the two is shown, or kept from, what was sent."""
    path = f"/api/conversations/{two.conversation.id}/messages"
    reply = sender.post(path, {"text": text})
    if reply.status_code == 400:
        return reply.json()["code"] == "message_refused"
    body = reply.json()
    if body["status"] == "held":
        return HeldMessage.objects.filter(message_id=body["message_id"]).exists()
    told = other.get(path, after_seq=body["seq"] - 1).json()["messages"][0]
    return told["warning"] is not None


def share(label, at_most=10**6):
    two = make_two()
    sender, other = Web(two.a), Web(two.b)
    sent = texts(label)[:at_most]
    return sum(flagged(two, sender, other, text) for text in sent) / len(sent)


@pytest.mark.parametrize("label", ["off_platform", "scam_money"])
def test_it_is_flagged(label):
    assert share(label) >= RECALL


def test_what_is_benign_goes_through():
    assert share(BENIGN, at_most=60) <= MOST_FALSE_ALARMS


# Mass openers: the same to many, each time with another name, another emoji and perhaps another word.

NAMES = ["Anna", "Ben", "Ceyda", "Dario", "Elif", "Finn", "Greta", "Hugo"]
ENDINGS = ["", " 😊", " 🌹🌹", "!", " :)", "…"]
PLACES = 5


def varied(text, drawn):
    words = text.split()
    if drawn.random() < 0.5:
        words[drawn.randrange(len(words))] = drawn.choice(NAMES)
    return f"Hi {drawn.choice(NAMES)}, {' '.join(words)}{drawn.choice(ENDINGS)}"


def opens_with(openers):
    sender = make_user().id
    web = Web(sender)
    for text in openers:
        web.post(f"/api/conversations/{make_two(first=sender).conversation.id}/messages", {"text": text})
    return SafetyFlag.objects.filter(user=sender, kind="mass_opener").exists()


def long_texts(drawn):
    found = [text for text in texts(BENIGN) if len(text.split()) >= 9]
    drawn.shuffle(found)
    return found


def key_for(number):
    """In place of the key of whoever writes, by which texts are likened; of one of any."""
    return lambda value, purpose: sha256(f"{purpose} {number}".encode()).hexdigest()


def test_who_opens_everywhere_nearly_alike_is_flagged(monkeypatch):
    drawn = random.Random(18)
    alike = []
    for number, text in enumerate(long_texts(drawn)[:12]):
        monkeypatch.setattr("safety.likeness.keyed_hash", key_for(number))
        alike.append(opens_with([varied(text, drawn) for _ in range(PLACES)]))
    assert sum(alike) / len(alike) >= RECALL


def test_whatever_keys_there_are_as_many_share_a_band(monkeypatch):
    drawn = random.Random(18)
    alike = []
    for number, text in enumerate(long_texts(drawn) * 2):
        monkeypatch.setattr("safety.likeness.keyed_hash", key_for(number))
        of_each = [set(bands(varied(text, drawn), author=uuid4())) for _ in range(PLACES)]
        alike.append(bool(set.intersection(*of_each)))
    assert sum(alike) / len(alike) >= RECALL


def test_who_writes_something_of_their_own_to_each_is_not():
    found = long_texts(random.Random(18))
    assert not any(opens_with(found[number * PLACES :][:PLACES]) for number in range(6))


def test_what_was_said_stays_evidence_whatever_becomes_of_the_talk():
    two = make_two()
    web, text = Web(two.a), texts("off_platform")[0]
    path = f"/api/conversations/{two.conversation.id}/messages"
    seq = web.post(path, {"text": text}).json()["seq"]
    filed = chat_reports.about_conversation(
        conversation_id=two.conversation.id, by=two.b, reason=ReportReason.SCAM, details="", now=timezone.now()
    )
    assert web.delete(f"{path}/{seq}").json()["code"] == "conversation_closed"
    Conversation.objects.filter(id=two.conversation.id).delete()
    evidence = orjson.loads(reports.read_evidence(report=Report.objects.get(id=filed.id), by=make_user().id))
    assert [line["text"] for line in evidence["messages"]] == [text]
