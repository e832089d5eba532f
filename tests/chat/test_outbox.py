"""Group commit: what many sockets say at once is stored together, and each gets the answer it would get alone."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.models import Message
from chat.services import messages
from connect.models import DeviceSession, Notification, User
from safety import limits
from tests.chat.batches import (
    answer,
    batches,
    elsewhere,
    end,
    gather,
    locked,
    numbers_of,
    post,
    texts_of,
    transactions,
)
from tests.chat.people import make_session, make_token, make_two, new_two, said, send

__all__ = ["batches", "gather"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_poll(settings):
    """What ends a socket here is its own frame."""
    settings.SOCKET_POLL = timedelta(hours=1)


async def couples(count):
    return [await new_two() for _ in range(count)]


async def together(*talks):
    """The answers to messages posted at once, in turn; each is (client, two) or (client, two, what `post` takes)."""
    await asyncio.gather(*(post(client, two, **(more[0] if more else {})) for client, two, *more in talks))
    return await asyncio.gather(*(answer(client) for client, *_ in talks))


def outcomes(answers):
    return [reply["type"] if reply["type"] == "ack" else reply["data"]["code"] for reply in answers]


class TestTogether:
    async def test_what_is_said_at_once_is_one_transaction(self, connect, gather, batches):
        talks = [(await connect(two.a), two) for two in await couples(5)]
        gather(5)
        answers = await together(*talks)
        assert (outcomes(answers), batches, await transactions()) == (["ack"] * 5, [5], 1)

    async def test_one_after_the_other_waits_for_nobody(self, connect, batches):
        two = await new_two()
        client = await connect(two.a)
        for number in range(3):
            await said(client, two, client_id=str(number))
        assert (batches, await transactions()) == ([1, 1, 1], 3)

    async def test_more_than_a_batch_holds_are_several(self, connect, gather, batches, monkeypatch):
        monkeypatch.setattr("chat.outbox.MOST", 2)
        talks = [(await connect(two.a), two) for two in await couples(5)]
        gather(5)
        assert outcomes(await together(*talks)) == ["ack"] * 5
        assert (batches, await transactions()) == ([2, 2, 1], 3)

    async def test_an_ack_names_the_message_that_was_stored(self, connect, gather):
        talks = [(await connect(two.a), two, {"text": f"text {n}"}) for n, two in enumerate(await couples(3))]
        gather(3)
        for (_, two, more), ack in zip(talks, await together(*talks), strict=True):
            stored = await in_thread(Message.objects.get)(id=ack["data"]["message_id"])
            assert (stored.conversation_id, stored.sender_id, stored.seq) == (two.conversation.id, two.a, 2)
            assert ack["data"]["created_at"] == stored.sent_at.isoformat()
            (line,) = await in_thread(
                lambda two=two: messages.after(conversation=two.fresh(), after_seq=1, limit=9, viewer=two.b)
            )()
            assert line.data["text"] == more["text"]

    async def test_both_of_a_couple_in_one_batch_get_numbers_in_turn(self, connect, gather):
        two = await new_two()
        first, second = await connect(two.a), await connect(two.b)
        gather(2)
        answers = await together((first, two), (second, two))
        assert {reply["data"]["seq"] for reply in answers} == {2, 3}
        assert (await in_thread(two.fresh)()).last_seq == 3

    async def test_under_load_every_message_is_acked_and_numbered_without_a_gap(self, connect, batches):
        pairs = await couples(4)
        clients = [(await connect(person), two) for two in pairs for person in (two.a, two.b)]

        async def talk(client, two):
            return [await said(client, two, f"{n}", uuid4().hex) for n in range(6)]

        answers = await asyncio.gather(*(talk(*talker) for talker in clients))
        assert {reply["type"] for replies in answers for reply in replies} == {"ack"}
        assert [await numbers_of(two) for two in pairs] == [list(range(1, 14))] * 4
        assert sum(batches) == 48
        assert len(batches) == await transactions() < 48

    async def test_what_one_person_says_without_waiting_keeps_its_order(self, connect):
        pairs = await couples(3)
        clients = [(await connect(person), two) for two in pairs for person in (two.a, two.b)]
        for number in range(8):
            await asyncio.gather(*(post(client, two, ref=f"p{number}") for client, two in clients))
        for client, _ in clients:
            numbers = [(await answer(client, f"p{n}"))["data"]["seq"] for n in range(8)]
            assert numbers == sorted(numbers)

    async def test_the_other_is_told_without_a_name(self, connect, gather):
        two, others = await new_two(), await new_two()
        first, second, peer = await connect(two.a), await connect(others.a), await connect(two.b)
        gather(2)
        await together((first, two, {"text": "Good evening"}), (second, others))
        told = (await peer.event("chat.message"))["data"]
        assert (told["from"], told["text"], told["pseudonym"]) == ("them", "Good evening", two.conversation.pseudonym_a)
        note = await peer.event("notification")
        assert all(str(person) not in str([told, note]) for person in (two.a, two.b, others.a, others.b))

    async def test_each_conversation_is_told_its_own(self, connect, gather):
        two, others = await new_two(), await new_two()
        talks = [(await connect(two.a), two, {"text": "here"}), (await connect(others.a), others, {"text": "there"})]
        peers = await connect(two.b), await connect(others.b)
        gather(2)
        await together(*talks)
        assert [(await peer.event("chat.message"))["data"]["text"] for peer in peers] == ["here", "there"]
        assert [await peer.silent("chat.message") for peer in peers] == [True, True]


def foreign(mine):
    return make_two(), {}


def ended(mine):
    end(mine)
    return mine, {}


def empty(mine):
    return mine, {"text": " \n\u200b"}


def too_long(mine):
    return mine, {"text": "x" * 10_000}


def reused(mine):
    send(mine, "Something else", client_id="x1")
    return mine, {"client_id": "x1"}


def reused_elsewhere(mine):
    send(make_two(mine.a), "Hello", by=mine.a, client_id="x1")
    return mine, {"client_id": "x1"}


def retracted(mine):
    message = send(mine, "Taken back", client_id="x1")
    messages.retract(conversation_id=mine.conversation.id, by=mine.a, seq=message.seq, now=timezone.now())
    return mine, {"client_id": "x1"}


def one_too_many(mine):
    for _ in range(60):
        limits.check("chat", account=mine.a, address="")
    return mine, {}


REFUSED = {
    foreign: "not_found",
    ended: "conversation_closed",
    empty: "message_empty",
    too_long: "message_too_long",
    reused: "client_id_reused",
    reused_elsewhere: "client_id_reused",
    retracted: "client_id_reused",
    one_too_many: "rate_limited",
}


class TestRefusals:
    @pytest.mark.parametrize(("prepare", "code"), REFUSED.items(), ids=lambda value: getattr(value, "__name__", ""))
    async def test_one_gets_its_own_refusal_and_the_others_go_through(self, connect, gather, batches, prepare, code):
        mine, *others = await couples(3)

        def in_one():
            with transaction.atomic():
                return prepare(mine)

        two, more = await in_thread(in_one)()
        before = await texts_of(two)
        client, *rest = [await connect(who.a) for who in (mine, *others)]
        gather(3)
        first, refused, last = await together((rest[0], others[0]), (client, two, more), (rest[1], others[1]))
        assert outcomes([first, refused, last]) == ["ack", code, "ack"]
        assert refused["data"]["request_id"]
        assert (await texts_of(two), batches) == (before, [3])
        assert await transactions(first["data"]["message_id"], last["data"]["message_id"]) == 1

    async def test_a_message_taken_back_and_sent_again_is_the_first(self, connect, gather):
        two, other = await new_two(), await new_two()

        def take_back():
            with transaction.atomic():
                message = send(two, "Taken back", client_id="x1")
                messages.retract(conversation_id=two.conversation.id, by=two.a, seq=message.seq, now=timezone.now())
                return message

        message = await in_thread(take_back)()
        gather(2)
        again, _ = await together(
            (await connect(two.a), two, {"text": "Taken back", "client_id": "x1"}), (await connect(other.a), other)
        )
        assert (again["data"]["message_id"], again["data"]["seq"]) == (str(message.id), message.seq)

    async def test_a_person_over_the_limit_is_refused_the_rest_of_a_batch(self, connect, gather, settings):
        settings.LIMITS = settings.LIMITS | {"chat": {"account": "2/minute", "sensitive": True}}
        two, other = await new_two(), await new_two()
        devices = [await connect(two.a) for _ in range(4)]
        gather(5)
        *mine, others = await together(*((device, two) for device in devices), (await connect(other.a), other))
        assert sorted(outcomes(mine)) == ["ack", "ack", "rate_limited", "rate_limited"]
        assert (outcomes([others]), await texts_of(two)) == (["ack"], 2)
        first, second = [reply["data"]["request_id"] for reply in mine if reply["type"] == "error"]
        assert first != second

    async def test_the_same_client_id_at_once_is_one_message_and_two_equal_acks(self, connect, gather):
        two = await new_two()
        devices = [await connect(two.a), await connect(two.a)]
        gather(2)
        first, second = await together(*((device, two, {"client_id": "same"}) for device in devices))
        assert first["type"] == second["type"] == "ack"
        assert first["data"] == second["data"]
        assert await numbers_of(two) == [1, 2]

    async def test_the_same_client_id_at_once_with_another_text_is_refused(self, connect, gather):
        two = await new_two()
        devices = [await connect(two.a), await connect(two.a)]
        gather(2)
        answers = await together(
            *((device, two, {"client_id": "same", "text": str(n)}) for n, device in enumerate(devices))
        )
        assert sorted(outcomes(answers)) == ["ack", "client_id_reused"]
        assert await numbers_of(two) == [1, 2]

    async def test_two_people_may_use_the_same_client_id_at_once(self, connect, gather):
        two = await new_two()
        gather(2)
        people = [await connect(two.a), await connect(two.b)]
        answers = await together(*((person, two, {"client_id": "same"}) for person in people))
        assert (outcomes(answers), await numbers_of(two)) == (["ack", "ack"], [1, 2, 3])

    async def test_a_malformed_message_holds_up_no_batch(self, connect, batches):
        two = await new_two()
        client = await connect(two.a)
        refused = await client.call("chat.send", conversation_id="x", client_id="c", text="Hello")
        assert (refused["data"]["code"], batches) == ("invalid", [])


class TestSessions:
    async def test_an_ended_session_closes_its_socket_and_stores_nothing(self, connect, gather):
        two, other = await new_two(), await new_two()
        session = await in_thread(make_session)(two.a)
        client = await connect(two.a, token=await in_thread(make_token)(two.a, session))
        good = await connect(other.a)
        await in_thread(DeviceSession.objects.filter(id=session.id).update)(revoked_at=timezone.now())
        gather(2)
        await asyncio.gather(post(client, two), post(good, other))
        assert (await answer(good))["type"] == "ack"
        assert await client.closed() == 4408
        assert [frame["type"] for frame in client.told] == ["session.revoked"]
        assert await texts_of(two) == 0

    async def test_a_restricted_account_says_nothing_more(self, connect, gather):
        two, other = await new_two(), await new_two()
        client, good = await connect(two.a), await connect(other.a)
        await in_thread(User.objects.filter(id=two.a).update)(status="restricted")
        gather(2)
        await asyncio.gather(post(client, two), post(good, other))
        assert ((await answer(good))["type"], await client.closed()) == ("ack", 4408)
        assert await texts_of(two) == 0

    async def test_a_socket_that_leaves_meanwhile_has_said_it(self, connect, gather):
        two, other = await new_two(), await new_two()
        leaving, good = await connect(two.a), await connect(other.a)
        gather(2)
        await post(leaving, two)
        await leaving.socket.send_input({"type": "websocket.disconnect", "code": 1001})
        assert outcomes(await together((good, other))) == ["ack"]
        await leaving.socket.wait(timeout=5)
        assert await texts_of(two) == 1

    async def test_so_has_one_that_is_cut_off(self, connect, gather):
        two, other = await new_two(), await new_two()
        leaving, good = await connect(two.a), await connect(other.a)
        gather(2)
        await post(leaving, two)
        await asyncio.sleep(0.05)
        leaving.socket.future.cancel()
        await asyncio.sleep(0.01)
        assert leaving.socket.future.cancelled()
        assert outcomes(await together((good, other))) == ["ack"]
        assert await texts_of(two) == 1


class TestNotifications:
    async def count(self, two):
        return await in_thread(Notification.objects.filter(type="new_message", related_id=two.conversation.id).count)()

    async def test_two_messages_of_one_sender_in_a_batch_notify_once(self, connect, gather):
        two = await new_two()
        talks = [(await connect(two.a), two), (await connect(two.a), two)]
        peer = await connect(two.b)
        gather(2)
        await together(*talks)
        await peer.event("notification")
        assert (await self.count(two), await peer.silent("notification")) == (1, True)

    async def test_the_next_batch_does_not_notify_again(self, connect, gather):
        two, other = await new_two(), await new_two()
        talks = [(await connect(two.a), two), (await connect(other.a), other)]
        gather(2)
        await together(*talks)
        await together(*talks)
        assert (await self.count(two), await self.count(other)) == (1, 1)

    async def test_each_sender_of_a_conversation_notifies_the_other(self, connect, gather):
        two = await new_two()
        talks = [(await connect(two.a), two), (await connect(two.b), two)]
        gather(2)
        await together(*talks)
        found = Notification.objects.filter(type="new_message")
        told = await in_thread(lambda: {note.user_id: note.message for note in found})()
        a, b = two.conversation.pseudonym_a, two.conversation.pseudonym_b
        assert told == {two.a: f"{b} wrote to you.", two.b: f"{a} wrote to you."}


class TestTrouble:
    async def test_a_locked_conversation_holds_up_no_other(self, connect, gather):
        held, *free = await couples(3)
        stuck, *rest = [await connect(two.a) for two in (held, *free)]
        gather(3)
        with locked(held) as leave:
            await post(stuck, held)
            assert outcomes(await together(*zip(rest, free, strict=True))) == ["ack", "ack"]
            gather(1)
            assert outcomes(await together(*zip(rest, free, strict=True))) == ["ack", "ack"]
            assert await texts_of(held) == 0
            leave.set()
            assert (await answer(stuck))["data"]["seq"] == 2

    async def test_an_error_of_the_database_sends_them_one_by_one(self, connect, gather, batches, monkeypatch):
        def broken(*args, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

        monkeypatch.setattr(messages, "send_together", broken)
        talks = [(await connect(two.a), two) for two in await couples(3)]
        gather(3)
        assert outcomes(await together(*talks)) == ["ack"] * 3
        assert (batches, await transactions()) == ([3], 3)

    async def test_a_database_that_is_away_is_told_to_each(self, connect, gather, monkeypatch):
        def away(*args, **kwargs):
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(messages, "send_together", away)
        monkeypatch.setattr(messages, "send", away)
        talks = [(await connect(two.a), two) for two in await couples(2)]
        gather(2)
        assert outcomes(await together(*talks)) == ["unavailable"] * 2

    async def test_a_client_id_that_is_taken_meanwhile_is_refused_and_the_others_go_through(self, connect, gather):
        two, other = await new_two(), await new_two()
        elsewhere_too = await in_thread(make_two)(two.a)
        talks = [(await connect(two.a), two, {"client_id": "x1"}), (await connect(other.a), other)]
        gather(2)
        with elsewhere(lambda: send(elsewhere_too, by=two.a, client_id="x1")) as leave:
            said_at_once = asyncio.create_task(together(*talks))
            await in_thread(until_somebody_waits)()
            leave.set()
            assert outcomes(await said_at_once) == ["client_id_reused", "ack"]
        assert (await numbers_of(two), await numbers_of(other)) == ([1], [1, 2])

    async def test_a_fault_of_ours_is_told_to_each_and_nobody_hangs(self, connect, gather, monkeypatch):
        def faulty(*args, **kwargs):
            raise RuntimeError("a fault of ours")

        talks = [(await connect(two.a), two) for two in await couples(2)]
        gather(2)
        with monkeypatch.context() as patch:
            patch.setattr(messages, "send_together", faulty)
            answers = await together(*talks)
        assert outcomes(answers) == ["server_error"] * 2
        assert "fault of ours" not in str(answers)
        assert all(reply["data"]["request_id"] for reply in answers)
        assert outcomes(await together(*talks)) == ["ack"] * 2

    async def test_without_redis_messages_are_refused_and_stored_nowhere(self, connect, gather, monkeypatch):
        def gone(*args):
            raise ConnectionError("no Redis")

        talks = [(await connect(two.a), two) for two in await couples(2)]
        gather(2)
        monkeypatch.setattr(limits, "_script", lambda: gone)
        assert outcomes(await together(*talks)) == ["unavailable"] * 2
        assert await in_thread(Message.objects.count)() == 0


def until_somebody_waits():
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted), pg_sleep(0.01)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
