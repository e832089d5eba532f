"""A held message in the hands of moderators: released, rejected, overtaken by the end of its conversation."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from chat.calls import in_thread
from chat.enums import HOLD_TRANSITIONS, HoldStatus
from chat.models import ConversationEvent, HeldMessage, Message
from chat.sealing import MessageUnreadable
from chat.services import holds
from chat.services.receipts import receipt
from config.errors import KeyReused, NotYours, WrongState
from connect.models import Notification
from safety.models import AuditLog
from tests import words
from tests.chat.moderation import decide, end, held, hold_of, retract
from tests.chat.people import frames, make_two, make_user, new_two, said, send


@pytest.fixture
def moderator(db):
    return make_user().id


def numbers(two):
    events = ConversationEvent.objects.filter(conversation=two.conversation)
    return list(events.order_by("seq").values_list("seq", flat=True))


# Held.


def test_it_is_no_event_and_moves_nothing(two):
    before = two.fresh()
    held(two)
    fresh = two.fresh()
    assert (fresh.last_seq, fresh.last_activity_at, numbers(two)) == (before.last_seq, before.last_activity_at, [1])


def test_what_is_said_meanwhile_leaves_no_gap(two):
    held(two)
    assert [send(two).seq, send(two, by=two.b).seq, numbers(two)] == [2, 3, [1, 2, 3]]


def test_a_number_is_missing_only_where_something_is_held(two):
    message = send(two)
    with pytest.raises(IntegrityError, match="message_numbered_unless_held"), transaction.atomic():
        Message.objects.filter(id=message.id).update(seq=None)


def test_of_two_that_are_held_with_one_client_id_there_is_one(two):
    first, again = held(two, client_id="x1"), held(two, client_id="x1")
    assert (first.id, HeldMessage.objects.count()) == (again.id, 1)


def test_a_held_one_cannot_be_taken_back_by_a_number_it_has_not(two):
    held(two)
    with pytest.raises(NotYours):
        retract(two, 2)


# Released.


def test_released_it_is_said_with_the_next_number(two, moderator):
    message = held(two)
    send(two, by=two.b)
    decide("release", message, moderator)
    assert [frame.data["text"] for frame in frames(two, two.b)[1:]] == ["Hello", words.HELD]
    assert (numbers(two), two.fresh().last_seq) == ([1, 2, 3], 3)


def test_it_is_said_at_that_moment(two, moderator):
    message = held(two)
    Message.objects.filter(id=message.id).update(sent_at=timezone.now() - timedelta(hours=5))
    decide("release", message, moderator)
    message.refresh_from_db()
    assert timezone.now() - message.sent_at < timedelta(minutes=1)
    assert two.fresh().last_activity_at == message.sent_at


def test_nothing_tells_the_other_that_it_was_held(two, moderator):
    ordinary = send(two)
    decide("release", held(two), moderator)
    first, second = (frame.data for frame in frames(two, two.b)[1:])
    differing = {name for name in first if first[name] != second[name]}
    assert (ordinary.seq, differing) == (2, {"seq", "text", "message_id", "created_at"})


def test_the_other_is_notified_as_of_any_first_message(two, moderator):
    decide("release", held(two), moderator)
    assert Notification.objects.filter(user=two.b, type="new_message").count() == 1


def test_with_something_unread_they_are_not(two, moderator):
    message = held(two)
    send(two)
    decide("release", message, moderator)
    assert Notification.objects.filter(user=two.b, type="new_message").count() == 1


def test_sent_again_it_is_the_message_that_was_released(two, moderator):
    message = held(two, client_id="x1")
    decide("release", message, moderator)
    told = receipt(held(two, client_id="x1"))
    assert (told["message_id"], told["seq"], told["status"], told["notice"]) == (message.id, 2, "sent", None)


def test_it_can_be_taken_back_then(two, moderator):
    decide("release", held(two), moderator)
    retract(two, 2)
    assert frames(two, two.b)[-1].type == "chat.retracted"


@pytest.mark.django_db(transaction=True)
async def test_both_hear_of_it(connect):
    two = await new_two()
    sender, other = await connect(two.a), await connect(two.b)
    ack = await said(sender, two, words.HELD, client_id="x1")
    message = await in_thread(Message.objects.get)(id=ack["data"]["message_id"])
    moderator = await in_thread(make_user)()
    await in_thread(decide)("release", message, moderator.id)
    mine, theirs = [(await client.event("chat.message"))["data"] for client in (sender, other)]
    assert (mine["client_id"], mine["seq"], theirs["text"]) == ("x1", 2, words.HELD)


# Rejected.


def test_rejected_it_is_never_said_and_its_sender_is_told(two, moderator):
    decide("reject", held(two), moderator)
    note = Notification.objects.get()
    assert (numbers(two), note.user_id, note.type, note.related_id) == (
        [1],
        two.a,
        "message_rejected",
        two.conversation.id,
    )


def test_the_note_names_the_other_by_pseudonym_only(two, moderator):
    decide("reject", held(two), moderator)
    text = Notification.objects.get().message
    assert (two.conversation.pseudonym_b in text, str(two.b) in text) == (True, False)


def test_sent_again_it_is_still_rejected(two, moderator):
    decide("reject", held(two, client_id="x1"), moderator)
    told = receipt(held(two, client_id="x1"))
    assert (told["status"], told["seq"], "not delivered" in told["notice"]["text"]) == ("rejected", None, True)


# Decided once, by somebody.


@pytest.mark.parametrize("verb", ["release", "reject"])
@pytest.mark.parametrize("before", ["release", "reject"])
def test_what_is_decided_stays_decided(two, moderator, verb, before):
    message = held(two)
    decide(before, message, moderator)
    status = hold_of(message).status
    with pytest.raises(WrongState):
        decide(verb, message, moderator)
    assert hold_of(message).status == status


@pytest.mark.parametrize(("verb", "status"), [("release", "released"), ("reject", "rejected")])
def test_a_decision_is_on_record(two, moderator, verb, status):
    message = held(two)
    decide(verb, message, moderator)
    hold = hold_of(message)
    assert (hold.status, hold.decided_by_id, AuditLog.objects.get(action=f"held_{status}").actor_id) == (
        status,
        moderator,
        moderator,
    )


@pytest.mark.parametrize("verb", ["release", "reject"])
def test_a_missing_one_is_not_found(moderator, verb):
    with pytest.raises(NotYours):
        getattr(holds, verb)(hold=uuid4(), by=moderator, now=timezone.now())


@pytest.mark.parametrize("status", [HoldStatus.RELEASED, HoldStatus.REJECTED])
def test_the_database_lets_no_decision_be_undone(two, moderator, status):
    hold = hold_of(held(two))
    HeldMessage.objects.filter(id=hold.id).update(status=status, decided_at=timezone.now())
    for other in set(HoldStatus) - {status}:
        with pytest.raises(DatabaseError), transaction.atomic():
            HeldMessage.objects.filter(id=hold.id).update(status=other)
    assert set(HOLD_TRANSITIONS) == set(HoldStatus)


def test_reading_it_is_on_record(two, moderator):
    hold = hold_of(held(two))
    assert holds.read(hold=hold.id, by=moderator) == words.HELD
    entry = AuditLog.objects.get(action="held_read")
    assert (entry.actor_id, entry.entity_id) == (moderator, hold.id)


def test_one_that_does_not_open_is_not_released(two, moderator):
    message = held(two)
    Message.objects.filter(id=message.id).update(content_ciphertext=b"0" * 40)
    with pytest.raises(MessageUnreadable):
        decide("release", message, moderator)
    assert (hold_of(message).status, numbers(two)) == ("held", [1])


# The end of the conversation.


def test_what_is_held_when_a_conversation_ends_is_rejected(two):
    message = held(two)
    end(two)
    hold = hold_of(message)
    assert (hold.status, hold.decided_by_id, hold.decided_at is None) == ("rejected", None, False)


def test_it_cannot_be_released_then(two, moderator):
    message = held(two)
    end(two)
    with pytest.raises(WrongState):
        decide("release", message, moderator)


def test_what_was_decided_before_stays(two, moderator):
    message = held(two)
    decide("release", message, moderator)
    end(two)
    assert hold_of(message).status == "released"


def test_and_who_wrote_it_is_told_that_it_was_the_end(two):
    held(two)
    end(two)
    note = Notification.objects.get(user=two.a, type="message_rejected")
    assert note.message == f"Your conversation with {two.conversation.pseudonym_of(two.b)} ended first."


def test_in_an_ended_conversation_nothing_is_held(two):
    end(two)
    with pytest.raises(WrongState):
        held(two)
    assert not HeldMessage.objects.exists()


# Races.


def race(*works):
    """All at once on connections of their own; what each raised, or None."""
    gate, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(position, work):
        try:
            gate.wait()
            work()
        except Exception as exc:
            outcomes[position] = type(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verbs", [("release", "release"), ("release", "reject"), ("reject", "reject")])
def test_of_two_moderators_one_decides(verbs):
    for _ in range(3):
        two, first, second = make_two(), make_user().id, make_user().id
        message = held(two)
        outcomes = race(
            *(lambda v=v, by=by, m=message: decide(v, m, by) for v, by in zip(verbs, (first, second), strict=True))
        )
        assert sorted(outcomes, key=str) == sorted([None, WrongState], key=str)
        assert len(numbers(two)) == (2 if hold_of(message).status == "released" else 1)


@pytest.mark.django_db(transaction=True)
def test_a_release_and_the_end_leave_no_gap_and_nothing_held():
    for _ in range(4):
        two, moderator = make_two(), make_user().id
        message = held(two)
        outcomes = race(lambda m=message, by=moderator: decide("release", m, by), lambda two=two: end(two))
        released = hold_of(message).status == "released"
        assert (outcomes, hold_of(message).status) in [([None, None], "released"), ([WrongState, None], "rejected")]
        assert numbers(two) == list(range(1, 4 if released else 3))


@pytest.mark.django_db(transaction=True)
def test_holding_and_the_end_leave_nothing_held():
    for _ in range(4):
        two = make_two()

        outcomes = race(lambda two=two: held(two), lambda two=two: end(two))
        assert outcomes in ([None, None], [WrongState, None])
        assert not HeldMessage.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_one_text_sent_several_times_at_once_is_held_once():
    two = make_two()
    assert race(*[lambda: held(two, client_id="x1")] * 5) == [None] * 5
    assert (Message.objects.count(), HeldMessage.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_client_id_held_in_two_conversations_at_once_is_one_message():
    two = make_two()
    rooms = [two, make_two(two.a)]
    outcomes = race(*(lambda room=room: held(room, by=two.a, client_id="x1") for room in rooms))
    assert sorted(outcomes, key=str) == sorted([None, KeyReused], key=str)
    assert (Message.objects.count(), HeldMessage.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_releases_beside_talk_leave_a_gapless_sequence():
    two, moderator = make_two(), make_user().id
    waiting = [held(two) for _ in range(4)]

    def talk():
        for _ in range(4):
            with transaction.atomic():
                send(two, by=two.b)

    assert race(*(lambda m=m: decide("release", m, moderator) for m in waiting), talk, talk) == [None] * 6
    assert sorted(numbers(two)) == list(range(1, 14))
    assert two.fresh().last_seq == 13
