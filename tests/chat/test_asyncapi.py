"""docs/asyncapi.yaml says what the server says."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from chat.calls import in_thread
from chat.frames import SERIALIZERS
from chat.handlers import HANDLERS
from chat.services import messages
from tests import words
from tests.chat.live import make_pair
from tests.chat.people import Client, make_session, make_token, make_two
from tests.matching.waiters import friend

DOCUMENT = yaml.safe_load(Path(settings.BASE_DIR, "docs", "asyncapi.yaml").read_text())
MESSAGES = DOCUMENT["components"]["messages"]


def check(frame: dict[str, Any], name: str) -> None:
    schema = MESSAGES[name]["payload"] | {"components": DOCUMENT["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(frame)


def name_of(kind: str, type: str) -> str:
    return f"{kind}_{type.replace('.', '_')}"


def test_every_client_frame_is_handled_and_documented():
    documented = {m["name"] for key, m in MESSAGES.items() if key.startswith("client_")}
    assert set(SERIALIZERS) == set(HANDLERS) == documented


def test_every_reference_leads_somewhere():
    text = Path(settings.BASE_DIR, "docs", "asyncapi.yaml").read_text()
    for line in (line.split("$ref:")[1].strip() for line in text.splitlines() if "$ref:" in line):
        place: Any = DOCUMENT
        for step in line.strip("'\"").removeprefix("#/").split("/"):
            place = place[step]
        assert place


class Checked(Client):
    """A client that holds every frame, both ways, against the document."""

    seen: set[str]

    async def call(self, type: str, **data: Any) -> dict[str, Any]:
        check({"type": type, "ref": "r", "data": data}, name_of("client", type))
        answer = await super().call(type, **data)
        check(answer, "error" if answer["type"] == "error" else name_of("ack", type))
        self.seen.add(name_of("ack", type))
        return answer

    async def receive(self) -> dict[str, Any]:
        frame = await super().receive()
        if "ref" not in frame:
            check(frame, name_of("server", frame["type"]))
            self.seen.add(name_of("server", frame["type"]))
        return frame


def take_back(two, seq):
    with transaction.atomic():
        messages.retract(conversation_id=two.conversation.id, by=two.a, seq=seq, now=timezone.now())


def at_a_gate():
    return make_pair(began=timezone.now() - timedelta(minutes=20, seconds=30))


@pytest.mark.django_db(transaction=True)
async def test_a_whole_walk_speaks_as_documented(connect):
    two = await in_thread(make_two)()
    session = await in_thread(make_session)(two.a)
    first = Checked((await connect(two.a, token=make_token(two.a, session))).socket)
    second = Checked((await connect(two.b)).socket)
    first.seen = second.seen = set()
    room = {"conversation_id": str(two.conversation.id)}

    await first.call("ping")
    await first.call("session.renew", token=make_token(two.a, session))
    await second.call("chat.typing", **room)
    sent = await first.call("chat.send", **room, client_id="1", text="Hello")
    await second.call("chat.read", **room, seq=sent["data"]["seq"])
    await in_thread(take_back)(two, sent["data"]["seq"])
    await first.call("chat.send", **room, client_id="2", text=" ")
    for number, text in enumerate([words.HELD, words.HELD, words.WARNED, words.SELF_HARM, words.REFUSED]):
        await first.call("chat.send", **room, client_id=f"judged {number}", text=text)
    live = await in_thread(at_a_gate)()
    third, fourth = Checked((await connect(live.a)).socket), Checked((await connect(live.b)).socket)
    third.seen = fourth.seen = first.seen
    gate = {"conversation_id": str(live.conversation.id), "gate_minute": 20}
    await in_thread(live.sweep)(20)
    await third.call("gate.decide", **gate, decision="reveal_yes")
    await fourth.call("gate.decide", **gate, decision="not_yet")
    await third.silent("nothing")
    await first.call("reveal.consent", **room)
    await second.call("reveal.consent", **room)
    await second.call("presence.watch", user_ids=[str(two.a)])
    events = (await second.call("chat.sync", **room, after_seq=0))["data"]["events"]
    for event in events:
        check(event, name_of("server", event["type"]))
    waiting = Checked((await connect((await in_thread(friend)(timezone.now())).id)).socket)
    waiting.seen = first.seen
    for call in ("queue.join", "queue.status", "queue.leave"):
        await waiting.call(call)
    for socket in (first, second, waiting):
        await socket.silent("nothing")

    spoken = {f"ack_{type.replace('.', '_')}" for type in SERIALIZERS}
    told = [
        "chat.message",
        "chat.read",
        "chat.typing",
        "chat.retracted",
        "chat.state",
        "reveal.updated",
        "gate.opened",
        "gate.resolved",
        "queue.status",
    ]
    assert first.seen >= spoken | {name_of("server", type) for type in [*told, "match.updated", "notification"]}
