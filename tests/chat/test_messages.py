"""Saying something: order, deduplication, sealing, refusals."""

import threading

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.enums import CloseReason, EventType
from chat.models import ConversationEvent, Message
from chat.sealing import Box, MessageUnreadable
from chat.services import conversations, messages
from config.errors import Invalid, KeyReused, NotYours, WrongState
from connect.models import Notification
from tests.chat.people import frames, make_two, make_user, send


def test_a_message_is_stored_as_ciphertext_only(two):
    message = send(two, "a sentence nobody else writes")
    stored = Message.objects.filter(id=message.id).values().get()
    assert b"sentence" not in bytes(stored["content_ciphertext"])
    assert "sentence" not in str({k: v for k, v in stored.items() if k != "content_ciphertext"})


def test_it_opens_again_for_the_other(two):
    send(two, "Grüße 👋")
    assert frames(two, two.b)[-1].data["text"] == "Grüße 👋"


def test_sequence_follows_the_opening_event(two):
    assert [send(two).seq, send(two, by=two.b).seq] == [2, 3]


def test_the_same_client_id_is_the_same_message(two):
    first = send(two, client_id="x1")
    assert send(two, client_id="x1").id == first.id
    assert two.fresh().last_seq == first.seq


def test_the_same_client_id_with_another_text_is_refused(two):
    send(two, client_id="x1")
    with pytest.raises(KeyReused):
        send(two, "Something else", client_id="x1")


def test_the_same_client_id_in_another_conversation_is_refused(two):
    send(two, client_id="x1")
    with pytest.raises(KeyReused):
        send(make_two(two.a), by=two.a, client_id="x1")


def test_two_people_may_use_the_same_client_id(two):
    assert send(two, client_id="x1").id != send(two, by=two.b, client_id="x1").id


def test_a_resend_after_the_end_still_gets_its_reply(two):
    first = send(two, client_id="x1")
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now())
    assert send(two, client_id="x1").id == first.id


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\u200d", "\x07\x00"])
def test_an_empty_message_is_refused(two, text):
    with pytest.raises(Invalid) as refusal:
        send(two, text)
    assert refusal.value.code == "message_empty"


def test_the_longest_message_is_taken(two):
    assert send(two, "x" * settings.MESSAGE_LENGTH).seq == 2


def test_a_longer_one_is_refused(two):
    with pytest.raises(Invalid) as refusal:
        send(two, "x" * (settings.MESSAGE_LENGTH + 1))
    assert refusal.value.code == "message_too_long"


def test_control_characters_are_stripped(two):
    send(two, "one\x00 two\x1b\nthree")
    assert frames(two)[-1].data["text"] == "one two\nthree"


def test_a_closed_conversation_takes_nothing(two):
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now())
    with pytest.raises(WrongState) as refusal:
        send(two)
    assert refusal.value.code == "conversation_closed"


def test_a_stranger_finds_no_conversation(two):
    with pytest.raises(NotYours):
        send(two, by=make_user().id)


def test_altered_ciphertext_is_refused(two):
    message = send(two)
    altered = bytearray(message.content_ciphertext)
    altered[-1] ^= 1
    Message.objects.filter(id=message.id).update(content_ciphertext=bytes(altered))
    with pytest.raises(MessageUnreadable):
        frames(two)


def test_a_message_moved_to_another_room_is_refused(two):
    other = make_two(two.a)
    here, there = send(two, by=two.a), send(other, by=two.a)
    Message.objects.filter(id=there.id).update(content_ciphertext=here.content_ciphertext)
    with pytest.raises(MessageUnreadable):
        frames(other)


def test_a_message_under_another_senders_name_is_refused(two):
    message = send(two)
    message.sender_id = two.b
    with pytest.raises(MessageUnreadable):
        Box(two.fresh()).open(message)


def test_no_frame_names_a_person(two):
    send(two)
    send(two, by=two.b)
    told = str([frame.data for frame in frames(two)])
    assert str(two.a) not in told
    assert str(two.b) not in told


def test_each_side_is_told_in_its_own_words(two):
    send(two, client_id="mine")
    assert frames(two, two.a)[-1].data["from"] == "me"
    assert frames(two, two.b)[-1].data["from"] == "them"


def test_only_the_sender_sees_the_client_id(two):
    send(two, client_id="mine")
    assert frames(two, two.a)[-1].data["client_id"] == "mine"
    assert "client_id" not in frames(two, two.b)[-1].data


def test_sync_takes_the_same_queries_however_much_there_is(two):
    send(two)
    with CaptureQueriesContext(connection) as few:
        frames(two)
    for _ in range(20):
        send(two)
    with CaptureQueriesContext(connection) as many:
        assert len(frames(two)) == 22
    assert len(few) == len(many) == 2


def test_only_the_first_unread_message_notifies(two):
    send(two)
    send(two)
    assert Notification.objects.filter(user=two.b, type="new_message").count() == 1


def test_after_reading_the_next_message_notifies_again(two):
    message = send(two)
    messages.read(conversation_id=two.conversation.id, by=two.b, seq=message.seq, now=timezone.now())
    send(two)
    assert Notification.objects.filter(user=two.b, type="new_message").count() == 2


def test_reading_marks_the_others_messages_up_to_a_number(two):
    first, second, own = send(two), send(two), send(two, by=two.b)
    marked = messages.read(conversation_id=two.conversation.id, by=two.b, seq=first.seq, now=timezone.now())
    read = Message.objects.exclude(read_at=None).values_list("id", flat=True)
    assert (marked, list(read)) == (1, [first.id])
    assert {second.id, own.id}.isdisjoint(read)


def test_reading_in_an_ended_conversation_tells_nothing(two):
    message = send(two)
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now())
    assert not messages.read(conversation_id=two.conversation.id, by=two.b, seq=message.seq, now=timezone.now())


def test_a_stranger_cannot_mark_as_read(two):
    with pytest.raises(NotYours):
        messages.read(conversation_id=two.conversation.id, by=make_user().id, seq=1, now=timezone.now())


def test_what_nobody_said_yet_cannot_be_read(two):
    last = send(two).seq
    with pytest.raises(Invalid) as refusal:
        messages.read(conversation_id=two.conversation.id, by=two.b, seq=last + 1, now=timezone.now())
    assert refusal.value.code == "seq_unknown"


def test_the_database_refuses_a_number_twice(two):
    message = send(two)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConversationEvent.objects.create(conversation=two.conversation, seq=message.seq, type=EventType.MESSAGE)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_a_gapless_sequence():
    two = make_two()
    gate = threading.Barrier(20)

    def talk(number: int) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                send(two, by=(two.a, two.b)[number % 2])
        finally:
            connections.close_all()

    run_all(20, talk)
    numbers = ConversationEvent.objects.filter(conversation=two.conversation).values_list("seq", flat=True)
    assert sorted(numbers) == list(range(1, 22))
    assert two.fresh().last_seq == 21


@pytest.mark.django_db(transaction=True)
def test_ten_resends_at_once_are_one_message():
    two = make_two()
    gate = threading.Barrier(10)
    ids = []

    def talk(number: int) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                ids.append(send(two, client_id="same").id)
        finally:
            connections.close_all()

    run_all(10, talk)
    assert len(ids) == 10
    assert len(set(ids)) == 1


def run_all(count: int, target) -> None:
    threads = [threading.Thread(target=target, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
