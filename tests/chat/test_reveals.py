"""The reveal handshake."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from chat.enums import CloseReason, RevealState, RevealStatus, State
from chat.models import ConversationEvent, Reveal
from chat.services import conversations, reveals
from config.errors import NotYours, WrongState
from connect.models import Disclosure, Notification
from matching.enums import MatchStatus, Origin
from matching.models import Connection
from tests.chat.people import Two, frames, make_two, make_user


def ask(two: Two, by=None, now=None) -> Reveal:
    return reveals.request(conversation_id=two.conversation.id, by=by or two.a, now=now or timezone.now())


def accept(two: Two, reveal: Reveal, by=None, now=None) -> Reveal:
    return reveals.accept(reveal_id=reveal.id, by=by or two.b, now=now or timezone.now())


def decline(two: Two, reveal: Reveal, by=None, now=None) -> Reveal:
    return reveals.decline(reveal_id=reveal.id, by=by or two.b, now=now or timezone.now())


def code_of(call, *args, **kwargs) -> str:
    with pytest.raises(WrongState) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def test_a_request_is_pending_and_told(two):
    reveal = ask(two)
    assert (reveal.status, two.fresh().reveal_state) == (RevealStatus.PENDING, RevealState.PENDING)
    assert Notification.objects.get(type="reveal_requested").user_id == two.b


def test_a_request_shows_nobody(two):
    ask(two)
    assert not Disclosure.objects.exists()


def test_asking_twice_is_once(two):
    assert ask(two).id == ask(two).id
    assert Notification.objects.filter(type="reveal_requested").count() == 1


def test_accepting_reveals_both(two):
    accept(two, ask(two))
    conversation = two.fresh()
    assert (conversation.state, conversation.reveal_state) == (State.REVEALED, RevealState.MUTUAL)
    two.match.refresh_from_db()
    assert two.match.status == MatchStatus.REVEALED


def test_accepting_discloses_each_to_the_other(two):
    accept(two, ask(two))
    shown = set(Disclosure.objects.live().values_list("viewer_id", "subject_id", "level"))
    assert shown == {(two.a, two.b, "identity"), (two.b, two.a, "identity")}


def test_accepting_forms_their_connection_and_the_conversation_goes_on_in_it(two):
    accept(two, ask(two))
    connection = Connection.objects.get()
    assert (connection.origin, connection.match_id) == (Origin.COMPATIBILITY, two.match.id)
    assert two.fresh().connection_id == connection.id


def test_accepting_tells_both(two):
    accept(two, ask(two))
    told = set(Notification.objects.filter(type="reveal_mutual").values_list("user_id", flat=True))
    assert told == {two.a, two.b}


def test_a_request_that_meets_the_others_is_its_acceptance(two):
    first = ask(two)
    assert ask(two, two.b).id == first.id
    assert two.fresh().reveal_state == RevealState.MUTUAL


def test_every_step_is_an_event_in_order(two):
    accept(two, ask(two))
    events = ConversationEvent.objects.order_by("seq").values_list("seq", "type", "side")
    assert list(events) == [(1, "state", ""), (2, "reveal", "a"), (3, "reveal", "b"), (4, "state", "")]


def test_declining_goes_on_anonymously(two):
    decline(two, ask(two))
    conversation = two.fresh()
    assert (conversation.state, conversation.reveal_state) == (State.ANONYMOUS, RevealState.DECLINED)
    assert not Disclosure.objects.exists()


def test_after_declining_a_new_request_waits(two):
    reveal = decline(two, ask(two))
    soon = reveal.resolved_at + settings.REVEAL_PAUSE - timedelta(seconds=1)
    assert code_of(ask, two, now=soon) == "reveal_too_soon"


def test_and_after_the_pause_it_may_be_asked_again(two):
    reveal = decline(two, ask(two))
    ask(two, now=reveal.resolved_at + settings.REVEAL_PAUSE)
    assert two.fresh().reveal_state == RevealState.PENDING


@pytest.fixture
def withdrawn(two):
    ask(two)
    return reveals.withdraw(conversation_id=two.conversation.id, by=two.a, now=timezone.now()).resolved_at


def test_who_took_a_request_back_waits_before_the_next(two, withdrawn):
    assert two.fresh().reveal_state == RevealState.NONE
    again = withdrawn + settings.REVEAL_ASK_AGAIN
    assert code_of(ask, two, now=again - timedelta(seconds=1)) == "reveal_too_soon"
    ask(two, now=again)
    assert two.fresh().reveal_state == RevealState.PENDING


def test_and_the_other_does_not(two, withdrawn):
    ask(two, two.b, now=withdrawn)
    assert Notification.objects.filter(type="reveal_requested", user=two.a).exists()


def test_of_the_next_the_other_is_not_notified_again_within_the_pause(two, withdrawn):
    told = Notification.objects.filter(type="reveal_requested", user=two.b)
    ask(two, now=withdrawn + settings.REVEAL_ASK_AGAIN)
    assert told.count() == 1
    later = withdrawn + settings.REVEAL_PAUSE
    reveals.withdraw(conversation_id=two.conversation.id, by=two.a, now=later)
    ask(two, now=later + settings.REVEAL_PAUSE)
    assert told.count() == 2


def test_only_ones_own_request_can_be_withdrawn(two):
    ask(two)
    withdraw = {"conversation_id": two.conversation.id, "by": two.b, "now": timezone.now()}
    assert code_of(reveals.withdraw, **withdraw) == "reveal_not_pending"


def test_a_request_lapses_after_its_lifetime(two):
    reveal = ask(two)
    assert reveals.expire_overdue(now=reveal.expires_at) == 1
    reveal.refresh_from_db()
    assert (reveal.status, two.fresh().reveal_state) == (RevealStatus.EXPIRED, RevealState.EXPIRED)


def test_and_not_before(two):
    reveal = ask(two)
    assert reveals.expire_overdue(now=reveal.expires_at - timedelta(seconds=1)) == 0


def test_an_overdue_request_cannot_be_accepted_even_before_the_sweeper(two):
    reveal = ask(two)
    assert code_of(accept, two, reveal, now=reveal.expires_at) == "reveal_not_pending"


def test_an_overdue_request_does_not_become_mutual_by_asking(two):
    reveal = ask(two)
    assert code_of(ask, two, two.b, now=reveal.expires_at) == "reveal_too_soon"


def test_one_cannot_accept_ones_own_request(two):
    reveal = ask(two)
    with pytest.raises(NotYours):
        accept(two, reveal, two.a)


def test_a_stranger_finds_nothing_to_accept(two):
    reveal = ask(two)
    with pytest.raises(NotYours):
        accept(two, reveal, make_user().id)


def test_a_stranger_finds_nothing_to_ask(two):
    with pytest.raises(NotYours):
        ask(two, make_user().id)


def test_accepting_twice_is_refused(two):
    reveal = accept(two, ask(two))
    assert code_of(accept, two, reveal) == "reveal_not_pending"


def test_a_revealed_pair_has_nothing_to_ask(two):
    accept(two, ask(two))
    assert code_of(ask, two) == "reveal_not_possible"


def test_after_the_end_nobody_reveals(two):
    reveal = ask(two)
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.a, now=timezone.now())
    assert code_of(ask, two, two.b) == "conversation_closed"
    assert code_of(accept, two, reveal) == "conversation_closed"


def test_the_end_leaves_no_request_pending(two):
    reveal = ask(two)
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.a, now=timezone.now())
    reveal.refresh_from_db()
    assert (reveal.status, two.fresh().reveal_state) == (RevealStatus.EXPIRED, RevealState.EXPIRED)
    told = [frame.data.get("reveal_state") or frame.data["state"] for frame in frames(two)]
    assert told == ["anonymous", "pending", "expired", "closed"]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_are_one_mutual_reveal():
    two = make_two()
    gate, made = threading.Barrier(2), []

    def reveal(person) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                made.append(ask(two, person).id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=reveal, args=(person,)) for person in (two.a, two.b)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert two.fresh().reveal_state == RevealState.MUTUAL
    assert Connection.objects.count() == 1
