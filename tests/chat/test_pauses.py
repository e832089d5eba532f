"""Somebody who is leaving may come back for a week: until then nothing is said to them, and nothing of them comes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.calls import in_thread
from chat.enums import CloseReason, HoldStatus, State
from chat.models import Conversation, HeldMessage, Message
from chat.services import conversations, holds, messages, reveals
from config.errors import WrongState
from connect.models import AccountDeletion
from connect.services import deletions, erasures
from tests import words
from tests.chat.people import Web, make_two, make_user, new_two
from tests.factories import DeviceSessionFactory
from tests.safety.cases import moderator

pytestmark = pytest.mark.django_db


def leave(person, now):
    session = DeviceSessionFactory(user_id=person)
    deletions.request(user_id=person, session_id=session.id, now=now)


@pytest.fixture
def two():
    return make_two()


@pytest.fixture
def paused(two, now):
    """The first of the two is leaving."""
    leave(two.a, now)
    return two


def say(two, by, client_id=None, text="Are you there?"):
    return messages.send(
        conversation_id=two.conversation.id,
        by=by,
        client_id=client_id or uuid4().hex,
        text=text,
        now=timezone.now(),
    )


def refused(work):
    with pytest.raises(WrongState) as refusal, transaction.atomic():
        work()
    return refusal.value.code


def test_nothing_is_said_to_somebody_who_is_leaving(paused):
    assert refused(lambda: say(paused, paused.b)) == "conversation_paused"
    assert not Message.objects.exists()


def test_before_it_is(two):
    assert say(two, two.b).seq


def test_in_another_conversation_it_is(paused):
    other = make_two(first=paused.b)
    assert say(other, paused.b).seq


def test_it_takes_no_more_queries(two, now):
    def count(by):
        with CaptureQueriesContext(connection) as queries:
            say(two, by)
        return len(queries)

    say(two, two.b)
    before = count(two.b)
    leave(make_user().id, now)
    assert count(two.b) == before


def test_over_http_it_is_a_conflict_that_names_nobody(paused):
    reply = Web(paused.b).post(
        f"/api/conversations/{paused.conversation.id}/messages", {"client_id": "c1", "text": "Are you there?"}
    )
    assert (reply.status_code, reply.json()["code"], reply.json()["details"]) == (409, "conversation_paused", {})


def shown(two):
    return Web(two.b).get(f"/api/conversations/{two.conversation.id}").json()


def test_the_other_sees_that_it_is_paused_and_reads_on(paused):
    assert (shown(paused)["paused"], shown(paused)["state"]) == (True, State.ANONYMOUS)
    assert Web(paused.b).get(f"/api/conversations/{paused.conversation.id}/messages").status_code == 200


def test_one_that_runs_is_not(two):
    assert shown(two)["paused"] is False


def test_one_that_ended_is_not(paused, now):
    conversations.close(conversation_id=paused.conversation.id, reason=CloseReason.USER_END, by=paused.b, now=now)
    assert (shown(paused)["paused"], shown(paused)["state"]) == (False, State.CLOSED)


def test_what_was_said_before_gets_the_same_answer_again(two, now):
    first = say(two, two.b, "c1")
    leave(two.a, now)
    assert say(two, two.b, "c1").id == first.id


def test_ones_own_words_may_still_be_taken_back(two, now):
    seq = say(two, two.b).seq
    leave(two.a, now)
    taken = messages.retract(conversation_id=two.conversation.id, by=two.b, seq=seq, now=timezone.now())
    assert taken.retracted_at


def test_nothing_is_offered(paused, now):
    offer = {"conversation_id": paused.conversation.id, "by": paused.b, "now": now}
    assert refused(lambda: reveals.request(**offer)) == "conversation_paused"


def test_an_offer_from_before_is_not_accepted_but_may_be_declined(two, now):
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    leave(two.a, now)
    answer = {"reveal_id": offer.id, "by": two.b, "now": now}
    assert refused(lambda: reveals.accept(**answer)) == "conversation_paused"
    assert reveals.decline(**answer).status == "declined"


def test_a_moderator_releases_nothing_into_it(two, now):
    say(two, two.a, text=words.HELD)
    hold = HeldMessage.objects.get()
    leave(two.a, now)
    assert refused(lambda: holds.release(hold=hold.id, by=moderator(), now=now)) == "conversation_paused"
    assert HeldMessage.objects.get().status == HoldStatus.HELD


def test_restored_it_goes_on(paused, now):
    deletions.restore(user_id=paused.a, now=now)
    assert say(paused, paused.b).seq
    assert say(paused, paused.a).seq
    assert shown(paused)["paused"] is False


def test_erased_it_ends(paused, now):
    AccountDeletion.objects.update(due_at=now - timedelta(seconds=1))
    erasures.erase_due(now=now)
    found = Conversation.objects.get(id=paused.conversation.id)
    assert (found.state, found.close_reason) == (State.CLOSED, CloseReason.ERASED)
    assert refused(lambda: say(paused, paused.b)) == "conversation_closed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["chat.send", "chat.typing"])
async def test_the_socket_says_the_same(connect, kind):
    two = await new_two()
    await in_thread(committed)(two.a)
    client = await connect(two.b)
    more = {"client_id": "c1", "text": "Are you there?"} if kind == "chat.send" else {}
    reply = await client.call(kind, conversation_id=str(two.conversation.id), **more)
    assert reply["data"]["code"] == "conversation_paused"


def committed(person):
    with transaction.atomic():
        leave(person, timezone.now())
