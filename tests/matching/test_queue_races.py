"""The queue with real threads: 200 callers, several sweeps, and nobody in two pairs (fault 6)."""

from collections import Counter

import pytest

from matching.models import Match, QueueEntry
from matching.services import pairing, queue
from tests.matching.test_interests_races import CALLERS, in_one_transaction, race
from tests.matching.waiters import friend, live_pairs, wait_together

pytestmark = pytest.mark.django_db(transaction=True)


def in_two_pairs():
    """People who are in more than one running match, or wait although they are in one."""
    seats = Counter(user for pair in live_pairs() for user in pair)
    waiting = set(QueueEntry.objects.active().values_list("user_id", flat=True))
    return [user for user, number in seats.items() if number > 1 or user in waiting]


def sweeping(now):
    def sweep():
        pairing.sweep(now=now)

    sweep.alone = True
    return sweep


def act_out(act):
    """A sweep has transactions of its own."""
    return act() if getattr(act, "alone", False) else in_one_transaction(act)


def test_two_hundred_join_and_leave_while_several_workers_pair(now):
    people = [friend(now) for _ in range(20)]

    def joining(user):
        return lambda: queue.join(by=user.id, now=now) and "joined"

    def leaving(user):
        return lambda: queue.leave(by=user.id, now=now) and "left"

    acts = [act(user) for user in people for act in (joining, joining, leaving, joining, joining, leaving, joining)]
    acts += [sweeping(now) for _ in range(CALLERS - len(acts))]
    race(acts, act_out)
    pairing.sweep(now=now)
    assert in_two_pairs() == []
    assert Match.objects.count() > 0
    assert QueueEntry.objects.filter(status="matched").count() == 2 * Match.objects.count()


def test_workers_with_the_same_plan_make_each_pair_once(now):
    people = [friend(now) for _ in range(12)]
    wait_together(now, *people)
    planned = pairing.plan(now=now)

    def form():
        return pairing.form(planned.drafts, planned, now=now)

    form.alone = True
    made = race([form for _ in range(8)], act_out)
    assert in_two_pairs() == []
    assert sum(made) == Match.objects.count() == 6


def test_more_pairs_than_one_transaction_forms_are_shared_out(now, monkeypatch):
    monkeypatch.setattr(pairing, "AT_ONCE", 1)
    wait_together(now, *(friend(now) for _ in range(6)))
    assert pairing.sweep(now=now) == 3
    assert in_two_pairs() == []


def test_joining_twice_at_once_is_one_wait(now):
    me = friend(now)
    found = race([lambda: queue.join(by=me.id, now=now).id for _ in range(8)])
    assert len(set(found)) == QueueEntry.objects.count() == 1
