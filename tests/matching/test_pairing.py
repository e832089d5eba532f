"""Who of the waiting is paired with whom, and what comes of it."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.enums import Gender
from connect.models import OffLimitsTopic, User
from connect.vectors import COMMUNICATION
from matching.enums import MatchStatus, Origin, Pathway
from matching.models import Connection, Match, QueueEntry
from matching.services import pairing, parameters, waiting
from matching.signals import matches_accepted
from safety.enums import BlockSource, FlagKind
from safety.models import SafetyFlag, TrustScore
from safety.roles import as_service
from safety.services import blocks
from tests.matching.builders import heard, ids, likes, match_of, person, scored
from tests.matching.waiters import (
    both,
    friend,
    join,
    leave,
    live_pairs,
    paired,
    requeue,
    score,
    status_of,
    wait_together,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def flag(user):
    SafetyFlag.objects.create(user=user, kind=FlagKind.values[0], source_kind="test", source_id=user.id)


def live_match(first, second, now):
    low, high = sorted((first.id, second.id))
    made = {"pathway": Pathway.LIVE, "status": MatchStatus.ACCEPTED_BOTH, "expires_at": now}
    Match.objects.create(user_a_id=low, user_b_id=high, **(scored() | made))


def newcomer(now):
    user = friend(now)
    User.objects.filter(id=user.id).update(created_at=timezone.now())
    return user


def test_two_who_suit_each_other_are_paired(now):
    first, second = friend(now), friend(now)
    wait_together(now, first, second)
    assert paired(now) == {both(first, second)}
    match = Match.objects.get()
    assert (match.pathway, match.status) == (Pathway.LIVE, MatchStatus.BLIND_CHAT_ACTIVE)
    assert (match.weight_profile, match.engine_version) == ("friendship-v1.1", "connect-v1.1")
    assert match.match_reasons
    assert QueueEntry.objects.filter(match=match, dequeued_at=now).count() == 2


def test_who_joins_while_a_sweep_has_looked_at_the_clock_is_paired_in_it(now):
    first, second = friend(now), friend(now)
    join(first, now)
    join(second, now + MINUTE)
    assert paired(now + MINUTE / 2) == {both(first, second)}
    assert QueueEntry.objects.get(user=second).dequeued_at == now + MINUTE


def test_the_score_is_that_of_the_friendship_profile(now):
    """Where both allow romance, too."""
    first, second = friend(now, mode="both"), friend(now, mode="both")
    wait_together(now, first, second)
    paired(now)
    weights = parameters.live().friendship.weights
    match = Match.objects.get()
    known = {name: score for name, score in match.score_breakdown.items() if score is not None and name in weights}
    total = sum(weights[name] * score for name, score in known.items()) / sum(weights[name] for name in known)
    assert float(match.total_score) == pytest.approx(total, abs=0.02)


def test_chat_hears_of_each_pair_in_the_same_transaction(now):
    wait_together(now, *(friend(now) for _ in range(4)))
    with heard(matches_accepted) as told:
        pairing.sweep(now=now)
    assert {match.id for each in told for match in each["matches"]} == set(Match.objects.values_list("id", flat=True))
    assert Match.objects.count() == 2


def test_one_who_is_left_over_waits_on(now):
    people = [friend(now) for _ in range(3)]
    wait_together(now, *people)
    assert len(paired(now)) == 1
    assert sorted(status_of(user)[0] for user in people) == ["active", "matched", "matched"]


def test_a_second_sweep_pairs_nobody_again(now):
    wait_together(now, friend(now), friend(now))
    assert pairing.sweep(now=now) == 1
    assert pairing.sweep(now=now) == 0


def test_who_waited_longest_is_served_first(now):
    late, early, other = friend(now), friend(now), friend(now)
    join(early, now - 4 * MINUTE)
    wait_together(now, late, other)
    (pair,) = paired(now)
    assert early.id in pair


def test_a_survivors_turn_counts_from_their_first_wait(now):
    people = [friend(now) for _ in range(3)]
    requeue(people[2], now - 5 * MINUTE, now)
    wait_together(now, *people[:2])
    (pair,) = paired(now)
    assert people[2].id in pair


@pytest.mark.parametrize(
    "wishes",
    [
        {"min_age": 60, "max_age": 90},
        {"language_pref": ["fi"]},
        {"preferred_genders": [Gender.MALE]},
    ],
    ids=["age", "language", "gender"],
)
def test_the_hard_filters_hold(now, wishes):
    wait_together(now, friend(now), friend(now, **wishes))
    assert paired(now) == set()


def test_a_topic_of_one_that_the_other_keeps_out_parts_them(now):
    first, second = friend(now), friend(now)
    likes(first, music=90)
    OffLimitsTopic.objects.create(user=second, topic_key="music")
    score(now, first, second)
    wait_together(now, first, second)
    assert paired(now) == set()


def test_a_proposal_that_ran_out_unanswered_keeps_nobody_apart(now):
    first, second = friend(now), friend(now)
    match_of(first, second, now, MatchStatus.EXPIRED)
    wait_together(now, first, second)
    assert paired(now) == {both(first, second)}


def test_blocked_connected_and_met_people_are_not_paired(now):
    """Four, any two of whom but one pair know of each other."""
    a, b, c, d = (friend(now) for _ in range(4))
    with transaction.atomic():
        blocks.block(by=a.id, other=b.id, source=BlockSource.MANUAL, now=now)
    low, high = sorted((a.id, c.id))
    Connection.objects.create(user_low_id=low, user_high_id=high, origin=Origin.DISCOVERY, server="partner")
    match_of(b, d, now)
    match_of(c, d, now, MatchStatus.CLOSED)
    match_of(a, d, now, MatchStatus.DECLINED)
    wait_together(now, a, b, c, d)
    assert paired(now) == {both(b, c)}


def test_who_met_long_ago_may_meet_again(now):
    first, second = friend(now), friend(now)
    old = match_of(first, second, now, MatchStatus.DECLINED)
    Match.objects.filter(id=old.id).update(created_at=timezone.now() - timedelta(days=31))
    wait_together(now, first, second)
    assert both(first, second) in paired(now)


def test_newcomers_do_not_meet_the_doubted(now):
    doubted, new = friend(now), newcomer(now)
    flag(doubted)
    wait_together(now, doubted, new)
    assert paired(now) == set()
    old = friend(now)
    join(old, now)
    assert both(doubted, new) not in paired(now)


def test_newcomers_do_not_meet_those_of_low_trust(now):
    distrusted, new = friend(now), newcomer(now)
    TrustScore.objects.create(user=distrusted, score=20, engine_version="trust-1", updated_at=now)
    wait_together(now, distrusted, new)
    assert paired(now) == set()
    old = friend(now)
    join(old, now)
    assert both(distrusted, old) in paired(now)


def test_the_flagged_rank_lower(now):
    flagged, plain, third = friend(now), friend(now), friend(now)
    flag(flagged)
    wait_together(now, flagged, plain, third)
    assert paired(now) == {both(plain, third)}


def test_a_pair_of_few_points_is_made_after_a_while(now):
    """Two who value the same and talk in opposite ways: 58 of the 60 that both ask for at first."""
    first, second = friend(now), friend(now, communication_vector=np.full(len(COMMUNICATION), -0.5))
    wait_together(now, first, second)
    assert paired(now) == set()
    assert paired(now + MINUTE) == {both(first, second)}


def test_who_left_since_it_was_planned_is_in_no_pair(now):
    first, second = friend(now), friend(now)
    wait_together(now, first, second)
    planned = pairing.plan(now=now)
    leave(first, now)
    assert pairing.form(planned.drafts, planned, now=now) == 0
    assert status_of(second) == ("active", "")


def test_who_blocked_since_it_was_planned_is_in_no_pair(now):
    first, second = friend(now), friend(now)
    wait_together(now, first, second)
    planned = pairing.plan(now=now)
    with transaction.atomic():
        blocks.block(by=first.id, other=second.id, source=BlockSource.MANUAL, now=now)
    assert pairing.form(planned.drafts, planned, now=now) == 0


def test_who_changed_since_it_was_planned_is_scored_anew_first(now):
    first, second = friend(now), friend(now)
    wait_together(now, first, second)
    planned = pairing.plan(now=now)
    score(now + MINUTE, second)
    assert pairing.form(planned.drafts, planned, now=now + MINUTE) == 0
    assert paired(now + MINUTE) == {both(first, second)}


def test_a_fault_with_one_pair_keeps_the_others_from_nothing(now):
    people = [friend(now) for _ in range(4)]
    wait_together(now, *people)
    spoiled = sorted(ids(*people))[0]

    def fail(matches, **kwargs):
        if any(spoiled in (match.user_a_id, match.user_b_id) for match in matches):
            raise RuntimeError

    matches_accepted.connect(fail)
    try:
        assert pairing.sweep(now=now) == 1
    finally:
        matches_accepted.disconnect(fail)
    assert spoiled not in set().union(*live_pairs())


def test_a_death_before_the_commit_leaves_everybody_waiting(now):
    first, second = friend(now), friend(now)
    wait_together(now, first, second)
    planned = pairing.plan(now=now)
    with patch("matching.services.pairing._take_out", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        pairing.form(planned.drafts, planned, now=now)
    assert live_pairs() == set()
    assert paired(now) == {both(first, second)}


def test_a_second_running_live_match_of_one_person_the_database_refuses(now):
    first, second, third = (person(now, chart=False) for _ in range(3))
    live_match(first, second, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        live_match(third, second, now)
    Match.objects.update(status=MatchStatus.CLOSED, ended_at=now)
    live_match(third, second, now)


def test_a_live_match_that_nobody_has_accepted_the_database_refuses(now):
    with pytest.raises(IntegrityError), transaction.atomic():
        match_of(person(now, chart=False), person(now, chart=False), now, pathway=Pathway.LIVE)


def test_a_sweep_asks_the_same_number_of_queries_for_any_number(now, django_assert_num_queries):
    with transaction.atomic(), as_service():
        live = parameters.live()
        for size in (2, 4):
            wait_together(now, *(friend(now) for _ in range(size)))
            with django_assert_num_queries(5):
                waiting.load(parameters=live, now=now)


def test_pairs_are_formed_in_the_same_number_of_statements_whatever_theirs(now):
    """With their conversations and gates."""
    taken = []
    for size in (2, 6):
        wait_together(now, *(friend(now) for _ in range(size)))
        planned = pairing.plan(now=now)
        with CaptureQueriesContext(connection) as asked:
            assert pairing.form(planned.drafts, planned, now=now) == size // 2
        taken.append(len(asked))
    assert taken[0] == taken[1]
