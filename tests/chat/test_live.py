"""Live conversations from the pairing on: who is there, who is not, and whom that leaves behind."""

from datetime import timedelta

import pytest
from django.db import transaction

from chat.enums import CloseReason, Kind, State
from chat.models import Conversation
from chat.services import conversations, messages, pairings, presence, survivors
from connect.models import User
from matching.enums import MatchStatus, Pathway, QueueReason, QueueStatus
from matching.models import Match, QueueEntry
from matching.services import pairing, queue
from safety.enums import BlockSource
from safety.roles import as_service
from safety.services import blocks
from tests.chat.live import BEGAN, Pair, make_pair
from tests.matching.waiters import friend, join

pytestmark = pytest.mark.django_db
GRACE = 1
"""Minutes that somebody may be away before the first gate."""


@pytest.fixture
def pair() -> Pair:
    return make_pair()


def here(pair, *people, minute) -> None:
    """These people have a socket then, and nobody else has."""
    for person in (pair.a, pair.b):
        presence.forget(person)
    presence.renew(sockets=[(person, person.hex) for person in people], now=pair.minute(minute))


def watch(pair, minute) -> int:
    return pairings.watch(now=pair.minute(minute))


def away(pair) -> tuple:
    fresh = pair.fresh()
    return fresh.away_a_since, fresh.away_b_since


def end(pair, by, minute) -> None:
    conversations.close(
        conversation_id=pair.conversation.id, reason=CloseReason.USER_END, by=by, now=pair.minute(minute)
    )


# Opening.


def test_a_pairing_of_the_queue_opens_one_at_once():
    first, second = friend(BEGAN), friend(BEGAN)
    join(first, BEGAN)
    join(second, BEGAN)
    pairing.sweep(now=BEGAN)
    conversation = Conversation.objects.get()
    assert (conversation.kind, conversation.state) == (Kind.LIVE, State.ANONYMOUS)
    assert (conversation.match.status, conversation.match.talked) == (MatchStatus.BLIND_CHAT_ACTIVE, True)


# Who is there.


def test_until_somebody_sees_them_both_are_away(pair):
    assert away(pair) == (pair.began, pair.began)


def test_who_came_is_there_and_who_went_is_away_since_then(pair):
    here(pair, pair.a, minute=0.1)
    watch(pair, 0.1)
    assert away(pair) == (None, pair.began)
    here(pair, pair.b, minute=0.2)
    watch(pair, 0.2)
    assert away(pair) == (pair.minute(0.2), None)


def test_who_is_away_too_long_before_the_first_gate_breaks_it(pair):
    here(pair, pair.a, minute=0.9)
    assert (watch(pair, 0.9), pair.state) == (0, State.ANONYMOUS)
    here(pair, pair.a, minute=GRACE)
    assert (watch(pair, GRACE), pair.fresh().close_reason) == (1, CloseReason.TIMEOUT)
    assert pair.fresh().survivor == "a"
    pair.match.refresh_from_db()
    assert pair.match.status == MatchStatus.CLOSED


def test_who_came_back_in_time_does_not(pair):
    here(pair, pair.a, pair.b, minute=0.5)
    watch(pair, 0.5)
    here(pair, pair.a, minute=3)
    watch(pair, 3)
    here(pair, pair.a, pair.b, minute=3.9)
    assert (watch(pair, 4), pair.state) == (0, State.ANONYMOUS)


def test_two_who_are_both_gone_leave_nobody_behind(pair):
    assert (watch(pair, GRACE), pair.fresh().survivor) == (1, "")


def test_from_the_first_gate_on_nobody_has_to_be_there(pair):
    pair.sweep(10)
    assert (watch(pair, 11), pair.state) == (0, State.DECISION_GATE)
    pair.sweep(12)
    assert (watch(pair, 13), pair.state) == (0, State.ANONYMOUS)


def test_nor_where_the_gate_is_due_and_nobody_swept(pair):
    assert (watch(pair, 10), pair.state) == (0, State.DECISION_GATE)


def test_without_redis_nobody_is_taken_for_gone(pair, redis_gone):
    presence._redis.cache_clear()
    assert (watch(pair, 5), pair.state) == (0, State.ANONYMOUS)
    assert away(pair) == (pair.minute(5), pair.minute(5))
    presence._redis.cache_clear()


# Whom it leaves behind.


@pytest.fixture
def met() -> Pair:
    """Two whom the queue paired, both of whom had waited."""
    first, second = friend(BEGAN), friend(BEGAN)
    join(first, BEGAN)
    join(second, BEGAN)
    pairing.sweep(now=BEGAN + timedelta(seconds=30))
    conversation = Conversation.objects.get()
    match = conversation.match
    return Pair(match.user_a_id, match.user_b_id, match, conversation, BEGAN + timedelta(seconds=30))


def waits(person) -> list:
    active = QueueEntry.objects.filter(user=person, status=QueueStatus.ACTIVE)
    return list(active.values_list("queue_reason", "waiting_since"))


def test_who_is_left_before_the_first_gate_waits_again_as_long_as_before(met):
    end(met, met.a, 5)
    assert survivors.requeue(now=met.minute(5)) == 1
    assert waits(met.b) == [(QueueReason.REQUEUED, BEGAN)]
    assert waits(met.a) == []


def test_and_only_once(met):
    end(met, met.a, 5)
    survivors.requeue(now=met.minute(5))
    assert survivors.requeue(now=met.minute(5)) == 0


def test_who_was_blocked_goes_back_like_anybody(met):
    with transaction.atomic():
        blocks.block(by=met.b, other=met.a, source=BlockSource.MANUAL, now=met.minute(5))
    assert met.fresh().survivor == "a"


@pytest.mark.parametrize("minute", [10, 12.5])
def test_who_is_left_later_has_talked(pair, minute):
    pair.sweep(minute)
    end(pair, pair.a, minute)
    assert pair.fresh().survivor == ""


def test_nor_does_it_matter_that_nobody_swept(pair):
    end(pair, pair.a, 10)
    assert pair.fresh().survivor == ""


# Breaking one after the other.


def meet(me, now) -> Pair:
    """Somebody new and this person, whom the queue just paired."""
    join(me, now)
    join(friend(now), now)
    pairing.sweep(now=now)
    match = Match.objects.filter(pathway=Pathway.LIVE).latest("id")
    talk = Conversation.objects.get(match=match)
    return Pair(me.id, talk.other(me.id), match, talk, now)


def leave_talk(pair) -> None:
    end(pair, pair.a, 0)


def miss_it(pair) -> None:
    here(pair, pair.b, minute=GRACE)
    watch(pair, GRACE)


def block_them(pair) -> None:
    blocks.block(by=pair.a, other=pair.b, source=BlockSource.REPORT, now=pair.began)


@pytest.mark.parametrize("how, rests", [(leave_talk, True), (miss_it, True), (block_them, False)])
def test_who_breaks_pairings_again_and_again_rests_unless_it_was_for_safety(how, rests):
    me = friend(BEGAN)
    for minute in range(3):
        how(meet(me, BEGAN + timedelta(minutes=minute)))
    with as_service():
        assert (queue.cooldown(me.id, BEGAN + timedelta(minutes=4)) is not None) == rests


@pytest.mark.parametrize("words, again", [(0, 1), (1, 0)])
def test_two_who_parted_without_a_word_may_meet_again(met, words, again):
    for _ in range(words):
        messages.send(conversation_id=met.conversation.id, by=met.a, client_id="one", text="Hi", now=met.minute(1))
    end(met, met.a, 5)
    for person in User.objects.filter(id__in=[met.a, met.b]):
        join(person, met.minute(6))
    assert pairing.sweep(now=met.minute(6)) == again
