"""What is said over the websocket, and who hears it."""

import pytest
from django.db import transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.enums import CloseReason
from chat.models import Message
from chat.services import conversations
from tests.chat.people import new_two, said

pytestmark = pytest.mark.django_db(transaction=True)


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
    synced = await second.call("chat.sync", conversation_id=str(two.conversation.id), after_seq=seen[0]["seq"])
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
