"""The websocket as a client meets it: who gets in, what frames do, how it ends."""

import asyncio
import time
from datetime import timedelta

import orjson
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.enums import CloseReason, RevealState
from chat.models import Message
from chat.services import conversations, presence, reveals
from connect import tokens
from connect.enums import UserStatus
from connect.models import DeviceSession, User
from tests.chat.people import Socket, make_session, make_token, make_two, make_user

pytestmark = pytest.mark.django_db(transaction=True)


async def new_two():
    return await in_thread(make_two)()


async def said(client, two, text="Hello", client_id="c1"):
    return await client.call(
        "chat.send", conversation_id=str(two.conversation.id), client_id=client_id, text=text
    )


# who gets in


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


def restricted_token() -> str:
    user = make_user()
    User.objects.filter(id=user.id).update(status=UserStatus.RESTRICTED)
    return make_token(user.id)


@pytest.mark.parametrize(
    "make",
    [lambda: "", lambda: "not.a.token", expired_token, revoked_token, refresh_token, restricted_token],
    ids=["none", "garbage", "expired", "revoked", "refresh", "restricted"],
)
async def test_a_token_that_is_no_good_is_told_so_and_let_go(make):
    token = await in_thread(make)()
    socket = Socket(token)
    assert await socket.open() == {"type": "websocket.accept", "subprotocol": "connect.v1"}
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": 4401}
    await socket.leave()


async def test_without_our_protocol_nobody_comes_in():
    token = await in_thread(lambda: make_token(make_user().id))()
    socket = Socket(token, protocols=[f"bearer.{token}"])
    assert await socket.open() == {"type": "websocket.accept", "subprotocol": None}
    assert (await socket.receive_output(timeout=5))["code"] == 4401
    await socket.leave()


# talking


async def test_a_message_is_acknowledged_when_it_is_committed(connect):
    two = await new_two()
    client = await connect(two.a)
    ack = await said(client, two)
    stored = await in_thread(Message.objects.get)(id=ack["data"]["message_id"])
    assert (ack["type"], ack["data"]["seq"]) == ("ack", stored.seq)


async def test_the_other_side_receives_it(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    ack = await said(first, two, "Good evening")
    told = (await second.event("chat.message"))["data"]
    assert (told["text"], told["seq"], told["from"]) == ("Good evening", ack["data"]["seq"], "them")
    assert told["pseudonym"] == two.conversation.pseudonym_a
    assert str(two.a) not in str(told)


async def test_ones_other_device_receives_it_as_ones_own(connect):
    two = await new_two()
    phone, laptop = await connect(two.a), await connect(two.a)
    await said(phone, two)
    assert (await laptop.event("chat.message"))["data"]["from"] == "me"


async def test_a_frame_sent_twice_is_one_message(connect):
    two = await new_two()
    client = await connect(two.a)
    first, again = await said(client, two), await said(client, two)
    assert first["data"] == again["data"]


async def test_who_drops_and_syncs_has_each_message_once_and_in_order(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    await said(first, two, "one", "c1")
    seen = [(await second.event("chat.message"))["data"]]
    await second.socket.leave()
    for number in range(5):
        await said(first, two, f"missed {number}", f"m{number}")
    second = await connect(two.b)
    await said(first, two, "live", "c9")
    synced = await second.call(
        "chat.sync", conversation_id=str(two.conversation.id), after_seq=seen[0]["seq"]
    )
    live = (await second.event("chat.message"))["data"]
    by_seq = {frame["seq"]: frame for frame in [*seen, *(e["data"] for e in synced["data"]["events"]), live]}
    assert list(by_seq) == sorted(by_seq)
    assert [by_seq[seq]["text"] for seq in by_seq] == ["one", *(f"missed {n}" for n in range(5)), "live"]


async def test_sync_pages_through_more_than_one_answer(connect):
    two = await new_two()
    client = await connect(two.a)
    settings_page = 100

    def fill():
        from chat.services import messages

        for number in range(settings_page + 5):
            with transaction.atomic():
                messages.send(
                    conversation_id=two.conversation.id,
                    by=two.a,
                    client_id=str(number),
                    text="x",
                    now=timezone.now(),
                )

    await in_thread(fill)()
    first = (await client.call("chat.sync", conversation_id=str(two.conversation.id), after_seq=0))["data"]
    last = first["events"][-1]["data"]["seq"]
    rest = (await client.call("chat.sync", conversation_id=str(two.conversation.id), after_seq=last))["data"]
    assert (len(first["events"]), first["more"]) == (100, True)
    assert (len(rest["events"]), rest["more"]) == (6, False)


async def test_reading_is_told_to_the_other(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    ack = await said(first, two)
    await second.call("chat.read", conversation_id=str(two.conversation.id), seq=ack["data"]["seq"])
    told = (await first.event("chat.read"))["data"]
    assert (told["seq"], told["from"]) == (ack["data"]["seq"], "them")


async def test_typing_is_told_to_the_other(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    await first.call("chat.typing", conversation_id=str(two.conversation.id))
    assert (await second.event("chat.typing"))["data"] == {"conversation_id": str(two.conversation.id)}


async def test_typing_in_an_ended_conversation_is_refused(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    await in_thread(end)(two)
    answer = await first.call("chat.typing", conversation_id=str(two.conversation.id))
    assert (answer["type"], answer["data"]["code"]) == ("error", "conversation_closed")
    assert await second.silent("chat.typing")


def end(two):
    with transaction.atomic():
        conversations.close(
            conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now()
        )


async def test_the_end_is_told_without_its_reason(connect):
    two = await new_two()
    client = await connect(two.a)
    await in_thread(end)(two)
    told = (await client.event("chat.state"))["data"]
    assert told == {"conversation_id": str(two.conversation.id), "seq": 2, "state": "closed"}


async def test_both_consents_over_the_socket_reveal(connect):
    two = await new_two()
    first, second = await connect(two.a), await connect(two.b)
    asked = await first.call("reveal.consent", conversation_id=str(two.conversation.id))
    pending = (await second.event("reveal.updated"))["data"]
    answered = await second.call("reveal.consent", conversation_id=str(two.conversation.id))
    assert (asked["data"]["reveal_state"], answered["data"]["reveal_state"]) == ("pending", "mutual")
    assert "peer_id" not in pending
    await first.event("reveal.updated")
    assert (await first.event("reveal.updated"))["data"]["peer_id"] == str(two.b)


async def test_events_stay_with_the_two(connect):
    two, others = await new_two(), await new_two()
    first, stranger = await connect(two.a), await connect(others.a)
    await said(first, two)
    assert await stranger.silent("chat.message")


# what is refused


@pytest.mark.parametrize(
    ("text", "code", "ref"),
    [
        ("not json", "malformed_frame", None),
        ("[]", "malformed_frame", None),
        ('{"type": "ping"}', "malformed_frame", None),
        ('{"type": "ping", "ref": 7}', "malformed_frame", None),
        ('{"type": 7, "ref": "r"}', "malformed_frame", "r"),
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


# how it ends


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


# presence


def reveal(two):
    with transaction.atomic():
        reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
        reveals.request(conversation_id=two.conversation.id, by=two.b, now=timezone.now())


async def test_anonymous_people_see_no_presence(connect):
    two = await new_two()
    first = await connect(two.a)
    await connect(two.b)
    assert (await first.call("presence.watch", user_ids=[str(two.b)]))["data"]["people"] == []
    assert await first.silent("presence")


async def test_connections_see_each_other_come_and_go(connect):
    two = await new_two()
    await in_thread(reveal)(two)
    first = await connect(two.a)
    seen = (await first.call("presence.watch", user_ids=[str(two.b)]))["data"]["people"]
    assert seen == [{"user_id": str(two.b), "online": False, "last_seen_at": None}]
    second = await connect(two.b)
    assert (await first.event("presence"))["data"]["online"] is True
    await second.socket.leave()
    gone = (await first.event("presence"))["data"]
    stored = await in_thread(User.objects.get)(id=two.b)
    assert (gone["online"], gone["last_seen_at"]) == (False, stored.last_seen_at.isoformat())


async def test_with_a_second_device_open_nobody_is_gone(connect):
    two = await new_two()
    phone, _laptop = await connect(two.a), await connect(two.a)
    await phone.socket.leave()
    assert await in_thread(presence.online)([two.a], now=timezone.now()) == {two.a}


async def test_who_does_not_watch_is_not_told(connect):
    two = await new_two()
    await in_thread(reveal)(two)
    first = await connect(two.a)
    await connect(two.b)
    assert await first.silent("presence")
    assert (await in_thread(two.fresh)()).reveal_state == RevealState.MUTUAL
