"""What the websocket refuses."""

import orjson
import pytest
from django.conf import settings

from chat.calls import in_thread
from chat.handlers import ALWAYS_OPEN, HANDLERS
from chat.models import Message
from connect.models import User
from safety import flags
from tests.chat.people import new_two, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("text", "code", "ref"),
    [
        ("not json", "malformed_frame", None),
        ("[]", "malformed_frame", None),
        ('{"type": "ping"}', "malformed_frame", None),
        ('{"type": "ping", "ref": 7}', "malformed_frame", None),
        ('{"type": 7, "ref": "r"}', "malformed_frame", "r"),
        (r'{"type": "chat.send", "ref": "r", "data": {"text": "half an emoji \ud83d"}}', "malformed_frame", "r"),
        (r'{"type": "ping", "ref": "half an emoji \ud83d"}', "malformed_frame", None),
        ('{"ref": "r", "data": ' + "[" * 60_000, "malformed_frame", None),
        ('{"type": "ping", "ref": "r", "data": []}', "invalid", "r"),
        ('{"type": "chat.shout", "ref": "r", "data": {}}', "unknown_frame", "r"),
        ('{"type": "ping", "ref": "r", "extra": 1}', "unknown_field", "r"),
        ('{"type": "ping", "ref": "r", "data": {"extra": 1}}', "unknown_field", "r"),
        ('{"type": "chat.read", "ref": "r", "data": {"conversation_id": "x", "seq": 1}}', "invalid", "r"),
    ],
)
async def test_a_frame_that_is_wrong_gets_an_error_with_its_ref(connect, text, code, ref):
    client = await connect((await new_two()).a)
    await client.say(text)
    answer = await client.receive()
    assert (answer["type"], answer["ref"], answer["data"]["code"]) == ("error", ref, code)


async def test_a_stranger_cannot_tell_a_conversation_from_none(connect):
    two, others = await new_two(), await new_two()
    client = await connect(others.a)
    real = await said(client, two)
    await in_thread(lambda: None)()
    unreal = await client.call(
        "chat.send", conversation_id="01890000-0000-7000-8000-000000000000", client_id="c1", text="Hello"
    )
    assert real["data"]["code"] == unreal["data"]["code"] == "not_found"


async def test_the_same_refusals_as_over_http(connect):
    two = await new_two()
    client = await connect(two.a)
    assert (await said(client, two, "  "))["data"]["code"] == "message_empty"
    assert (await said(client, two, "x" * 4001))["data"]["code"] == "message_too_long"


async def test_a_frame_of_64_kb_is_answered_and_a_larger_one_ends_it(connect):
    client = await connect((await new_two()).a)
    frame = orjson.dumps({"type": "ping", "ref": "r", "data": {}}).decode()
    await client.say(frame + " " * (settings.FRAME_BYTES - len(frame)))
    assert (await client.receive())["type"] == "ack"
    await client.say(frame + " " * (settings.FRAME_BYTES - len(frame) + 1))
    assert await client.closed() == 4413


async def test_a_binary_frame_is_malformed(connect):
    client = await connect((await new_two()).a)
    await client.socket.send_input({"type": "websocket.receive", "bytes": b"\x00"})
    assert (await client.receive())["data"]["code"] == "malformed_frame"


async def test_who_does_not_slow_down_is_let_go(connect, settings):
    settings.LIMITS = settings.LIMITS | {"frame": {"account": "3/minute", "sensitive": False}}
    client = await connect((await new_two()).a)
    answers = [(await client.call("ping")) for _ in range(7)]
    assert [a["type"] for a in answers] == ["ack"] * 3 + ["error"] * 4
    assert answers[-1]["data"]["code"] == "rate_limited"
    await client.say('{"type": "ping", "ref": "last"}')
    assert await client.closed() == 4429


# Before Connect is open to the public.


@pytest.fixture
def closed(monkeypatch):
    monkeypatch.setattr(flags, "_seen", flags._seen._replace(values={"connect_public": False}))


FLOW = sorted(set(HANDLERS) - ALWAYS_OPEN)


def frame_data(kind, two):
    if kind.startswith("queue."):
        return {}
    conversation = {"conversation_id": str(two.conversation.id)}
    more = {
        "chat.send": {"client_id": "c1", "text": "Hello"},
        "chat.read": {"seq": 1},
        "chat.sync": {"after_seq": 0},
        "gate.decide": {"gate_minute": 10, "decision": "not_yet"},
    }
    return {"user_ids": [str(two.b)]} if kind == "presence.watch" else conversation | more.get(kind, {})


@pytest.mark.parametrize("kind", FLOW)
async def test_closed_it_answers_no_frame_of_the_flow(connect, closed, kind):
    two = await new_two()
    client = await connect(two.a)
    reply = await client.call(kind, **frame_data(kind, two))
    assert (reply["type"], reply["data"]["code"]) == ("error", "not_open_yet")
    assert await in_thread(Message.objects.count)() == 0


@pytest.mark.parametrize("kind", FLOW)
async def test_closed_it_answers_staff(connect, closed, kind):
    two = await new_two()
    await in_thread(User.objects.filter(id=two.a).update)(is_staff=True)
    client = await connect(two.a)
    assert answered(await client.call(kind, **frame_data(kind, two)), kind)


@pytest.mark.parametrize("kind", FLOW)
async def test_open_it_answers_everybody(connect, kind):
    two = await new_two()
    client = await connect(two.a)
    assert answered(await client.call(kind, **frame_data(kind, two)), kind)


def answered(reply, kind):
    """A blind conversation has no gates, and who talks blind alone is not ready for the queue, which they say."""
    refused = {"gate.decide": "gate_not_open", "queue.join": "queue_locked"}
    return reply["data"].get("code") == refused[kind] if kind in refused else reply["type"] == "ack"


async def test_closed_one_still_leaves_the_queue(connect, closed):
    two = await new_two()
    assert (await (await connect(two.a)).call("queue.leave"))["data"]["status"] == "none"


async def test_closed_the_socket_lives(connect, closed):
    client = await connect((await new_two()).a)
    assert (await client.call("ping"))["type"] == "ack"
