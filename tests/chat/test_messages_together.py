"""Several messages in one statement: their order, what is left out, and races between connections."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import timeline
from chat.models import ConversationEvent, Message
from chat.services import drafts, messages
from chat.services.drafts import draft, unsent
from config import prepared
from connect.models import Notification
from safety.roles import as_service
from tests.chat.batches import elsewhere, end, locked
from tests.chat.people import frames, make_two, make_user, send


def a_draft(two, by=None, client_id=None, text="Hello"):
    return draft(conversation_id=two.conversation.id, by=by or two.a, client_id=client_id or uuid4().hex, text=text)


def together(*drafts):
    with transaction.atomic(), as_service():
        return messages.send_together(drafts, now=timezone.now())


def numbers(two):
    return sorted(ConversationEvent.objects.filter(conversation=two.conversation).values_list("seq", flat=True))


def said_in(two, viewer=None):
    return [frame.data["text"] for frame in frames(two, viewer) if frame.type == "chat.message"]


def test_what_one_person_says_keeps_its_order(two):
    together(*(a_draft(two, text=f"{n}") for n in range(5)))
    assert (said_in(two), numbers(two)) == (["0", "1", "2", "3", "4"], [1, 2, 3, 4, 5, 6])


def test_it_keeps_it_when_the_first_comes_in_again(two):
    first, second = a_draft(two, client_id="x1", text="first"), a_draft(two, text="second")
    together(first, second, a_draft(two, client_id="x1", text="first"))
    assert said_in(two) == ["first", "second"]


def test_of_one_client_id_the_first_text_is_said(two):
    first, second = a_draft(two, client_id="x1", text="first"), a_draft(two, client_id="x1", text="second")
    assert list(together(first, second)) == [first]
    assert said_in(two) == ["first"]


@pytest.mark.parametrize("client_id", ['"', "'); --", "\\x41", "a\\", "\u2028é\U0001f52a", "{}", "null", "%s"])
def test_a_client_id_is_stored_letter_by_letter(two, client_id):
    ((said, stored),) = together(a_draft(two, client_id=client_id, text="Grüße \u2028 \\x00")).items()
    found = Message.objects.get(id=stored.id)
    assert (found.client_id, found.sent_at, found.sender_id) == (client_id, stored.sent_at, said.by)
    assert said_in(two) == [said.text]


def test_unsent_leaves_out_what_was_said(two):
    send(two, client_id="x1")
    said, fresh, of_the_other = a_draft(two, client_id="x1"), a_draft(two), a_draft(two, by=two.b, client_id="x1")
    assert unsent([said, fresh, of_the_other]) == [fresh, of_the_other]


@pytest.mark.parametrize(
    ("statement", "values"),
    [(timeline._APPEND_MESSAGES, {"said": "[]", "last_opening": 1}), (drafts._TAKEN, [[], []])],
)
def test_no_statement_goes_through_all_messages_there_are(db, statement, values):
    """Of a table this small anything is read whole, unless the planner is told that it costs much."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = [line for (line,) in prepared.execute(f"EXPLAIN {statement}", values).fetchall()]
    found = [plan[i + 1] for i, line in enumerate(plan) if "Scan" in line and "on chat_message " in line]
    assert found and all("Index Cond" in line or "Recheck Cond" in line for line in found), plan


def test_a_conversation_knows_its_latest_words(two):
    stored = together(a_draft(two), a_draft(two, by=two.b))
    fresh = two.fresh()
    assert fresh.last_seq == 3
    assert fresh.last_activity_at == max(message.sent_at for message in stored.values())


def test_a_foreign_conversation_is_left_out(two):
    mine, foreign = a_draft(two), a_draft(two, by=make_user().id)
    assert list(together(mine, foreign)) == [mine]
    assert numbers(two) == [1, 2]


def test_a_missing_conversation_is_left_out(two):
    mine, missing = a_draft(two), draft(conversation_id=uuid4(), by=two.a, client_id="c", text="Hello")
    assert list(together(missing, mine)) == [mine]


def test_an_ended_conversation_is_left_out(two):
    over = make_two(two.a)
    end(over)
    mine = a_draft(two)
    assert list(together(a_draft(over), mine)) == [mine]
    assert numbers(over) == [1, 2]


def test_each_side_is_told_whose_words_they_are(two):
    together(a_draft(two, text="of a"), a_draft(two, by=two.b, text="of b"))
    assert [(frame.data["from"], frame.data["text"]) for frame in frames(two, two.a)[1:]] == [
        ("me", "of a"),
        ("them", "of b"),
    ]
    assert [frame.data["from"] for frame in frames(two, two.b)[1:]] == ["them", "me"]


def test_nothing_to_say_is_nothing(two):
    assert (together(), numbers(two)) == ({}, [1])


def test_any_number_takes_the_same_statements(two):
    with CaptureQueriesContext(connection) as few:
        together(a_draft(two))
    rooms = [make_two() for _ in range(3)]
    with CaptureQueriesContext(connection) as many:
        assert len(together(*(a_draft(room) for room in rooms for _ in range(4)))) == 12
    assert len(few) == len(many)


def test_only_one_of_several_first_messages_notifies(two):
    together(a_draft(two), a_draft(two), a_draft(two, by=two.b))
    notes = Notification.objects.filter(type="new_message")
    assert sorted(notes.values_list("user_id", flat=True)) == sorted([two.a, two.b])


def test_with_something_unread_none_notifies(two):
    send(two)
    together(a_draft(two), a_draft(two))
    assert Notification.objects.filter(type="new_message").count() == 1


def test_what_was_taken_back_is_not_waiting(two):
    message = send(two)
    messages.retract(conversation_id=two.conversation.id, by=two.a, seq=message.seq, now=timezone.now())
    together(a_draft(two))
    assert Notification.objects.filter(type="new_message").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_locked_conversation_is_left_out_and_not_waited_for():
    two, held = make_two(), make_two()
    mine = a_draft(two)
    with locked(held):
        assert list(together(a_draft(held), mine)) == [mine]
    assert (numbers(two), numbers(held)) == ([1, 2], [1])


@pytest.mark.django_db(transaction=True)
def test_a_client_id_taken_meanwhile_fails_the_whole():
    two, other = make_two(), make_two()
    there = make_two(two.a)
    drafts = [a_draft(other), a_draft(two, client_id="x1")]
    with elsewhere(lambda: send(there, by=two.a, client_id="x1")) as leave:
        threading.Timer(0.3, leave.set).start()
        with pytest.raises(IntegrityError):
            together(*drafts)
    assert (numbers(two), numbers(other), numbers(there)) == ([1], [1], [1, 2])


def at_once(count, work):
    """`work(0)` … in threads with connections of their own, begun together; raises what they raise."""
    gate, failures = threading.Barrier(count), []

    def run(number):
        try:
            gate.wait()
            work(number)
        except Exception as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def together_in_the_end(*drafts):
    """Tried until nobody else holds the conversation."""
    for _ in range(2000):
        if together(*drafts):
            return
        time.sleep(0.002)
    raise AssertionError("never came to its turn")


def say_like_the_outbox(drafts):
    """Together as far as it goes; one by one what is left."""
    try:
        stored = together(*drafts)
    except DatabaseError:
        stored = {}
    for said in drafts:
        if said not in stored:
            with transaction.atomic():
                send_draft(said)


def send_draft(said):
    return messages.send(
        conversation_id=said.conversation_id, by=said.by, client_id=said.client_id, text=said.text, now=timezone.now()
    )


@pytest.mark.django_db(transaction=True)
def test_batches_and_single_messages_at_once_get_a_gapless_sequence():
    two = make_two()

    def talk(number):
        by = (two.a, two.b)[number % 2]
        for _ in range(4):
            if number < 4:
                together_in_the_end(*(a_draft(two, by=by) for _ in range(3)))
            else:
                with transaction.atomic():
                    send(two, by=by)

    at_once(8, talk)
    said = 4 * 4 * 3 + 4 * 4
    assert numbers(two) == list(range(1, said + 2))
    assert sorted(Message.objects.values_list("seq", flat=True)) == list(range(2, said + 2))
    assert two.fresh().last_seq == said + 1


@pytest.mark.django_db(transaction=True)
def test_batches_over_the_same_conversations_in_any_order_do_not_deadlock():
    rooms = [make_two() for _ in range(4)]

    def talk(number):
        for _ in range(5):
            say_like_the_outbox([a_draft(room) for room in (rooms if number % 2 else reversed(rooms))])

    at_once(6, talk)
    assert [numbers(room) for room in rooms] == [list(range(1, 32))] * 4


@pytest.mark.django_db(transaction=True)
def test_the_same_drafts_in_several_batches_at_once_are_said_once():
    rooms = [make_two() for _ in range(3)]
    drafts = [a_draft(room, client_id=f"{n}") for room in rooms for n in range(3)]
    at_once(6, lambda number: say_like_the_outbox(drafts if number % 2 else drafts[::-1]))
    assert [numbers(room) for room in rooms] == [[1, 2, 3, 4]] * 3
    assert Message.objects.count() == 9
