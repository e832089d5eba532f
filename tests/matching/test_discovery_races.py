"""Discovery when two things happen at once: real threads, real connections."""

from datetime import timedelta

import pytest

from config.errors import NotYours
from connect.models import User
from matching.models import Connection, DiscoveryBatch, DiscoveryCard, Interest
from matching.services import batches, cards, discovery_entries
from tests.matching.discoverers import PARTNER, card_of, fresh, people, refresh, seeker, settle
from tests.matching.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)

rounds = pytest.mark.parametrize("round_", range(4))


def refreshing(user, now):
    return lambda: str(batches.refresh(by=user.id, server=PARTNER, now=now).id)


def answering(card, now):
    def act():
        try:
            return cards.answer(card_id=card.id, by=card.owner_id, now=now)[0].status
        except NotYours as refused:
            return refused.code

    return act


@rounds
def test_two_refreshes_at_once_are_one_batch(now, round_):
    me, *_ = people(7)
    fresh(me, now)
    answers = together(refreshing(me, now), refreshing(me, now))
    assert sum(answer == "refresh_too_early" for answer in answers) == 1
    live = DiscoveryBatch.objects.live().get()
    assert str(live.id) in answers
    assert (live.cards.count(), DiscoveryBatch.objects.count()) == (5, 2)


@rounds
def test_first_refreshes_at_once_leave_one_live_batch(now, round_):
    me, *_ = people(3)
    settle(now)
    together(*[refreshing(me, now)] * 3)
    assert DiscoveryBatch.objects.live().count() == 1


@rounds
def test_a_refresh_against_an_interest(now, round_):
    me, other = seeker(), seeker()
    fresh(me, now)
    said, made = together(answering(card_of(me, other), now), refreshing(me, now))
    sent = Interest.objects.count()
    assert (said, sent) in {("pending", 1), ("not_found", 0)}
    # Who was chosen before is not shown again; who came too late finds them on the new card.
    assert DiscoveryCard.objects.filter(batch=made, subject=other).count() == 1 - sent


@rounds
def test_one_card_passed_twice_at_once(now, round_):
    me, other = seeker(), seeker()
    fresh(me, now)
    card = card_of(me, other)
    act = lambda: str(cards.pass_over(card_id=card.id, by=me.id, now=now).status)  # noqa: E731
    assert together(act, act) == ["passed", "passed"]


@rounds
def test_passing_against_being_interested(now, round_):
    me, other = seeker(), seeker()
    fresh(me, now)
    card = card_of(me, other)
    passing = lambda: str(cards.pass_over(card_id=card.id, by=me.id, now=now).status)  # noqa: E731
    answers = together(passing, answering(card, now))
    assert sorted(map(str, answers)) in (["card_decided", "passed"], ["card_decided", "pending"])
    assert Interest.objects.count() == answers.count("pending")


@rounds
def test_both_say_it_at_once(now, round_):
    me, other = seeker(), seeker()
    fresh(me, now), fresh(other, now)
    answers = together(answering(card_of(me, other), now), answering(card_of(other, me), now))
    assert sorted(answers) == ["mutual", "pending"]
    assert Connection.objects.count() == 1


@rounds
def test_sweeps_beside_a_refresh(now, round_):
    me, *_ = people(4)
    settle(now - timedelta(hours=1))
    refresh(me, now)
    together(
        refreshing(me, now),
        lambda: discovery_entries.sweep(now=now),
        lambda: discovery_entries.sweep(now=now),
    )
    assert User.objects.filter(discovery_entry__built_at=now).count() == 4
