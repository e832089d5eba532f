"""Who gets in to the websocket, and how it ends."""

import asyncio
import time
from datetime import timedelta

import orjson
import pytest
from django.conf import settings
from django.utils import timezone

from chat.calls import in_thread
from chat.models import Message
from connect import tokens
from connect.enums import UserStatus
from connect.models import DeviceSession, User
from tests.chat.people import Socket, make_session, make_token, make_user, new_two
from tests.safety.cases import BAN, RESTRICTION, WARNING, WEEK, taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "origin",
    [
        [b"https://evil.example"],
        [b"null"],
        [],
        [b""],
        [b"http://127.0.0.1:8000.evil.example"],
        [b"http://127.0.0.1:80001"],
        [b"https://127.0.0.1:8000"],
        [b"http://127.0.0.1:8000/"],
        [b"HTTP://127.0.0.1:8000"],
        [b"http://127.0.0.1:8000", b"http://127.0.0.1:8000"],
    ],
)
async def test_an_origin_that_is_not_ours_is_refused_before_accept(origin):
    token = await in_thread(lambda: make_token(make_user().id))()
    assert await Socket(token, origin=origin).open() == {"type": "websocket.close", "code": 4403}


async def test_our_origin_comes_in(connect):
    two = await new_two()
    client = await connect(two.a)
    assert (await client.call("ping"))["type"] == "ack"


def expired_token() -> str:
    user = make_user()
    session = make_session(user.id)
    past = timezone.now() - timedelta(hours=1)
    return tokens.access_token(user_id=user.id, session_id=session.id, now=past)


def revoked_token() -> str:
    user = make_user()
    session = make_session(user.id)
    DeviceSession.objects.update(revoked_at=timezone.now())
    return make_token(user.id, session)


def refresh_token() -> str:
    user = make_user()
    session = make_session(user.id)
    return tokens.refresh_token(user_id=user.id, session_id=session.id, now=timezone.now())


def suspended_token() -> str:
    user = make_user()
    taken(user.id, WEEK)
    return make_token(user.id)


def restricted_token() -> str:
    user = make_user()
    User.objects.filter(id=user.id).update(status=UserStatus.RESTRICTED)
    return make_token(user.id)


@pytest.mark.parametrize(
    "make",
    [lambda: "", lambda: "not.a.token", expired_token, revoked_token, refresh_token],
    ids=["none", "garbage", "expired", "revoked", "refresh"],
)
async def test_a_token_that_is_no_good_is_told_so_and_let_go(make):
    token = await in_thread(make)()
    socket = Socket(token)
    assert await socket.open() == {"type": "websocket.accept", "subprotocol": "connect.v1"}
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": 4401}
    await socket.leave()


@pytest.mark.parametrize("make", [restricted_token, suspended_token], ids=["restricted", "suspended"])
async def test_who_is_kept_out_is_not_sent_for_another_token(make):
    token = await in_thread(make)()
    socket = Socket(token)
    await socket.open()
    assert orjson.loads((await socket.receive_output(timeout=5))["text"])["type"] == "session.revoked"
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": 4408}
    await socket.leave()


async def test_without_our_protocol_nobody_comes_in():
    token = await in_thread(lambda: make_token(make_user().id))()
    socket = Socket(token, protocols=[f"bearer.{token}"])
    assert await socket.open() == {"type": "websocket.accept", "subprotocol": None}
    assert (await socket.receive_output(timeout=5))["code"] == 4401
    await socket.leave()


def revoke(user_id):
    DeviceSession.objects.filter(user=user_id).update(revoked_at=timezone.now())


async def test_a_revoked_session_is_closed_within_a_second(connect):
    two = await new_two()
    client = await connect(two.a)
    await in_thread(revoke)(two.a)
    started = time.monotonic()
    assert await client.closed(within=2) == 4408
    assert time.monotonic() - started < 1
    assert client.told[-1]["type"] == "session.revoked"


async def test_the_others_session_stays(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    await in_thread(revoke)(two.a)
    await first.closed(within=2)
    assert (await second.call("ping"))["type"] == "ack"


async def test_a_restricted_account_is_closed_within_a_second(connect):
    two = await new_two()
    client = await connect(two.a)
    await in_thread(lambda: User.objects.filter(id=two.a).update(status=UserStatus.RESTRICTED))()
    assert await client.closed(within=1.5) == 4408


@pytest.mark.parametrize("measure", [RESTRICTION, WEEK, BAN], ids=["restricted", "suspended", "banned"])
async def test_who_is_acted_against_is_closed_within_a_second(connect, measure):
    two = await new_two()
    client, other = await connect(two.a), await connect(two.b)
    await in_thread(taken)(two.a, measure)
    started = time.monotonic()
    assert await client.closed(within=2) == 4408
    assert time.monotonic() - started < 1
    assert (await other.call("ping"))["type"] == "ack"


@pytest.mark.parametrize("measure", [RESTRICTION, WEEK, BAN], ids=["restricted", "suspended", "banned"])
async def test_their_next_frame_does_nothing(connect, settings, measure):
    settings.SOCKET_POLL = timedelta(seconds=60)
    two = await new_two()
    client = await connect(two.a)
    await in_thread(taken)(two.a, measure)
    data = {"conversation_id": str(two.conversation.id), "client_id": "c", "text": "x"}
    await client.say(orjson.dumps({"type": "chat.send", "ref": "r", "data": data}).decode())
    assert await client.closed() == 4408
    assert not await in_thread(Message.objects.exists)()


async def test_who_is_warned_stays(connect):
    two = await new_two()
    client = await connect(two.a)
    await in_thread(taken)(two.a, WARNING)
    assert (await client.call("ping"))["type"] == "ack"


async def test_a_frame_of_a_revoked_session_does_nothing(connect, settings):
    settings.SOCKET_POLL = timedelta(seconds=60)
    two = await new_two()
    client = await connect(two.a)
    await in_thread(revoke)(two.a)
    await client.say(
        orjson.dumps(
            {
                "type": "chat.send",
                "ref": "r",
                "data": {"conversation_id": str(two.conversation.id), "client_id": "c", "text": "x"},
            }
        ).decode()
    )
    assert await client.closed() == 4408
    assert not await in_thread(Message.objects.exists)()


def token_until(user_id, session, seconds):
    lifetime = settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]
    issued = timezone.now() - lifetime + timedelta(seconds=seconds)
    return tokens.access_token(user_id=user_id, session_id=session.id, now=issued)


async def test_a_token_that_runs_out_ends_the_socket(connect):
    two = await new_two()
    session = await in_thread(make_session)(two.a)
    client = await connect(two.a, token=token_until(two.a, session, 2))
    assert await client.closed(within=5) == 4401


async def test_a_renewed_one_carries_it_on(connect):
    two = await new_two()
    session = await in_thread(make_session)(two.a)
    client = await connect(two.a, token=token_until(two.a, session, 2))
    answer = await client.call("session.renew", token=make_token(two.a, session))
    await asyncio.sleep(2.5)
    assert answer["type"] == "ack"
    assert (await client.call("ping"))["type"] == "ack"


async def test_another_sessions_token_renews_nothing(connect):
    two = await new_two()
    client = await connect(two.a)
    for other in (two.a, two.b):
        token = await in_thread(make_token)(other)
        answer = await client.call("session.renew", token=token)
        assert (answer["type"], answer["data"]["code"]) == ("error", "token_invalid")
