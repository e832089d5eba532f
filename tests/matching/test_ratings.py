"""What was said of people moves their trust: at the end of a day, of three at least together, and never by a ring."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from chat.services import conversations, reveals
from connect.models import User
from matching import tasks
from matching.models import MeetReflection
from matching.services import credibility, ratings
from safety.enums import TrustSource
from safety.models import TrustScore, TrustScoreEvent
from safety.services import trust_audit
from safety.trust import next_day
from tests.matching.talkers import DISLIKED, LIKED, ended, known_talker, said, talk, talker
from tests.safety.ledgers import moved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def me():
    return talker()


def by(me, *raters, impression=LIKED, now=None):
    return [said(rater, me, impression, now=now) for rater in raters]


def settle(now, days=1):
    return ratings.settle(now=next_day(now) + (days - 1) * DAY)


def deltas(person):
    return list(TrustScoreEvent.objects.filter(user=person).order_by("seq").values_list("delta", flat=True))


def pending():
    return MeetReflection.objects.filter(counted_at=None).count()


def test_two_are_not_told_of(me, now):
    by(me, known_talker(), known_talker())
    settle(now)
    assert (deltas(me), pending()) == ([], 2)


def test_four_move_the_score_when_the_day_is_over_and_not_before(me, now):
    by(me, *(known_talker() for _ in range(4)))
    assert ratings.settle(now=now) == 0
    assert settle(now) == 1
    assert (deltas(me), pending()) == ([4], 0)
    assert settle(now) == 0


def test_they_are_late_from_the_end_of_the_day_of_the_last_of_them(me, now):
    by(me, known_talker(), known_talker())
    lone = ratings.behind(next_day(now) + 5 * DAY)
    by(me, known_talker(), now=now + DAY)
    before, after = (ratings.behind(next_day(now) + DAY + moment) for moment in (-timedelta(seconds=1), DAY / 24))
    assert (lone, before, after) == ((0, 0), (0, 0), (3600, 1))


def test_one_event_for_all_of_them_refers_to_none(me, now):
    given = by(me, *(known_talker() for _ in range(4)))
    settle(now)
    event = TrustScoreEvent.objects.get(user=me)
    assert event.source_ref_id not in {one.id for one in given} | {one.user_id for one in given}
    assert (event.source, event.metadata) == (TrustSource.REFLECTION, {})


def test_what_they_did_not_like_lowers_it(me, now):
    by(me, *(known_talker() for _ in range(4)), impression=DISLIKED)
    settle(now)
    assert deltas(me) == [-4]


def test_one_person_said_twice_is_one_of_three(me, now):
    first, second = known_talker(), known_talker()
    by(me, first, first, second)
    settle(now)
    assert (deltas(me), pending()) == ([], 3)


def test_of_two_by_the_same_the_newer_counts(me, now):
    raters = [known_talker() for _ in range(4)]
    by(me, *raters, impression=DISLIKED, now=now - 2 * DAY)
    by(me, *raters, now=now - DAY)
    settle(now)
    assert (deltas(me), pending()) == ([4], 0)


def test_who_has_counted_rests(me, now):
    raters = [known_talker() for _ in range(4)]
    by(me, *raters)
    settle(now)
    by(me, *raters, now=now + DAY)
    settle(now, days=2)
    assert (deltas(me), pending()) == ([4], 0)
    by(me, *raters, now=now + 190 * DAY)
    settle(now, days=191)
    assert len(deltas(me)) == 2


@pytest.mark.parametrize("days, points", [(3, []), (400, [4])])
def test_new_accounts_lift_nobody(me, now, days, points):
    by(me, *(known_talker(days) for _ in range(6)))
    settle(now)
    assert deltas(me) == points


def test_neither_do_people_nobody_trusts(me, now):
    raters = [known_talker() for _ in range(6)]
    for rater in raters:
        moved(rater, -30, TrustSource.REPORT_CONFIRMED, now=now)
    by(me, *raters)
    settle(now)
    assert deltas(me) == []


def test_of_somebody_who_left_nothing_is_kept_waiting(me, now):
    by(me, *(known_talker() for _ in range(4)))
    for status in ("deletion_pending", "deleted"):
        User.objects.filter(id=me).update(status=status)
    settle(now)
    assert (pending(), deltas(me)) == (0, [])
    assert settle(now) == 0


@pytest.mark.parametrize("people, lifted", [(2, 0), (3, 0), (4, 0), (5, 2)])
def test_people_who_only_rate_each_other_do_not_lift_themselves(now, people, lifted):
    """For a year and a half, all of them, of all others, at every time that counts."""
    ring = [talker() for _ in range(people)]
    for days in (0, 181, 362, 543):
        for first, second in permutations(ring, 2):
            said(first, second, now=now + days * DAY)
        settle(now, days=days + 1)
    scores = TrustScore.objects.filter(user__in=ring).values_list("components__reflection", flat=True)
    assert max(scores, default=0) <= lifted
    assert list(trust_audit.differences()) == []


# What a reveal is worth.


def reveal(first, second, now):
    match = talk(first, second, end=False)
    offer = reveals.request(conversation_id=match.conversation.id, by=first, now=now)
    reveals.accept(reveal_id=offer.id, by=second, now=now)
    return match


def test_a_talk_that_led_to_a_connection_lifts_both_by_what_the_other_weighs(now):
    known, unknown = known_talker(), talker()
    match = reveal(known, unknown, now)
    event = TrustScoreEvent.objects.get()
    assert (event.user_id, event.delta, event.source, event.source_ref_id) == (unknown, 2, "conversation", match.id)


def test_two_who_know_nobody_else_lift_each_other_by_nothing(now):
    reveal(talker(), talker(), now)
    assert not TrustScoreEvent.objects.exists()


def test_the_same_two_do_it_once(now):
    first, second = known_talker(), known_talker()
    match = reveal(first, second, now)
    conversations.close(conversation_id=match.conversation.id, reason="user_end", by=first, now=now)
    reveal(first, second, now + 2 * DAY)
    assert (deltas(first), deltas(second)) == ([2], [2])


def test_ending_a_talk_takes_nothing_off(now):
    talk(known_talker(), known_talker())
    assert not TrustScoreEvent.objects.exists()


# Credibility.


def test_whom_one_knows_is_counted_from_either_side(now):
    me, others = talker(), [talker() for _ in range(5)]
    for other in others[:2]:
        said(me, other)
    for other in others:
        said(other, me)
    assert credibility.of([me, talker()], now=now)[me] == 1.0


def test_talks_nobody_spoke_of_do_not_count(now):
    me = talker()
    ended(me, talker())
    assert credibility.of([me], now=now) == {me: 0.0}


def test_the_task_goes_on_until_nobody_is_left(me, monkeypatch):
    monkeypatch.setattr(ratings, "BATCH", 1)
    for person in (me, talker()):
        by(person, *(known_talker() for _ in range(4)), now=timezone.now() - 2 * DAY)
    tasks.count_reflections()
    assert pending() == 0
