"""Interests that are said at the same moment: real threads, real connections (fault 6)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier

import pytest
from django.db import connection, transaction

from chat.models import Conversation
from config.errors import DomainError
from connect.enums import Tier
from connect.models import User
from matching.enums import InterestStatus
from matching.models import Connection, Interest, InterestWipe
from matching.services import capacity, connections, interests, meetings
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.suitors import check_counts, connected, count_of, couple, express, pending, suitor

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 200
# As many as work at the same time, each on a connection of its own; PostgreSQL holds 200 for everybody.
HANDS = 24


def race(acts: list[Callable[[], object]], act_out: Callable[..., object] | None = None) -> list[object]:
    """Carry out all, `HANDS` at a time from one moment on; what each answered, or its refusal's code.

    Whatever is no refusal, such as a deadlock, is raised.
    """
    hands = min(HANDS, len(acts))
    act_out = act_out or in_one_transaction
    start, waiting = Barrier(hands), iter(list(enumerate(acts)))
    answers: list[object] = [None] * len(acts)

    def work() -> None:
        try:
            connection.ensure_connection()
            start.wait()
            for position, act in waiting_ones(waiting):
                answers[position] = act_out(act)
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        for future in [pool.submit(work) for _ in range(hands)]:
            future.result()
    return answers


def waiting_ones(waiting):
    """`next` of a list's iterator is one step of the interpreter: no two threads are given the same."""
    while (one := next(waiting, None)) is not None:
        yield one


def in_one_transaction(act):
    try:
        with transaction.atomic():
            return act()
    except DomainError as refused:
        return refused.code


def say(by, other, now, **more):
    return lambda: str(express(by, other, now, **more).status)


def test_two_hundred_race_for_one_place(now):
    wanted = suitor()
    others = [suitor() for _ in range(CALLERS)]
    for other in others:
        express(wanted, other, now)
    answers = race([say(other, wanted, now) for other in others])
    assert sorted(answers) == ["mutual"] + ["pending"] * (CALLERS - 1)
    assert (count_of(wanted), len(connected())) == (1, 1)
    assert Interest.objects.filter(sender=wanted, status=InterestStatus.WIPED).count() == CALLERS - 1
    assert InterestWipe.objects.get(user=wanted).interests == CALLERS - 1
    assert Conversation.objects.count() == 1
    check_counts()


def test_both_say_it_at_once(now):
    for _ in range(8):
        me, other = suitor(), suitor()
        answers = race([say(me, other, now), say(other, me, now)])
        assert sorted(answers) == ["mutual", "pending"]
        assert frozenset((me, other)) in connected()


def test_one_says_it_many_times_at_once(now):
    me, other = suitor(), suitor()
    assert set(race([say(me, other, now)] * 16)) == {"pending"}
    assert Interest.objects.count() == 1


def test_everybody_with_everybody_at_once_and_nobody_waits_in_a_circle(now):
    people = [suitor(tier) for tier in (Tier.FREE, Tier.PLUS, Tier.PRO) for _ in range(5)]
    race([say(one, other, now) for one, other in permutations(people, 2)])
    check_counts()
    full = [user.id for user in User.objects.filter(id__in=people) if not capacity.room(user)]
    # Enough for somebody to be full; and whoever is has nothing pending left, whatever came between.
    assert full
    assert [one for one in full if pending(one)] == []


def test_withdrawing_against_being_answered(now):
    for _ in range(8):
        me, other = suitor(), suitor()
        interest = express(me, other, now)

        def take_back(interest_id=interest.id, by=me):
            return str(interests.withdraw(interest_id=interest_id, by=by, now=now).status)

        answers = race([take_back, say(other, me, now)])
        assert answers in (["withdrawn", "pending"], ["interest_decided", "mutual"])
    check_counts()


def test_ending_against_settling_against_blocking(now):
    for _ in range(8):
        me, other = suitor(), suitor()
        edge = couple(me, other, now)
        third = suitor()
        Interest.objects.create(sender_id=me, receiver_id=third, server="partner", met_at=now)
        Interest.objects.create(sender_id=third, receiver_id=me, server="partner", met_at=now)
        race(
            [
                lambda edge=edge, me=me: connections.terminate(connection_id=edge.id, by=me, now=now),
                lambda me=me, other=other: blocks.block(by=other, other=me, source=BlockSource.MANUAL, now=now),
                say(third, me, now),
            ]
        )
        assert not Connection.objects.of(me).of(other).standing().exists()
        check_counts()


def test_settling_twice_at_once_connects_once(now):
    full = suitor(Tier.PLUS)
    couple(full, suitor(), now)
    User.objects.filter(id=full).update(tier=Tier.FREE)
    others = [suitor() for _ in range(6)]
    for other in others:
        Interest.objects.create(sender_id=full, receiver_id=other, server="partner", met_at=now)
        Interest.objects.create(sender_id=other, receiver_id=full, server="partner", met_at=now)
    User.objects.filter(id=full).update(tier=Tier.PLUS)
    race([lambda: meetings.settle_waiting(now=now)] * 4, lambda act: act())
    assert count_of(full) == 2
    check_counts()
