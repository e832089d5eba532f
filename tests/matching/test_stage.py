"""Where a person stands, as /connect/status tells it."""

from datetime import timedelta

import pytest

from connect.models import ConnectProfile
from matching import queries
from matching.enums import MatchStatus, RunStatus
from matching.models import Match, MatchingRun
from matching.services import entries, people, proposals, runs
from matching.services.proposals import Action
from tests.matching.builders import account, entry_of, follow, loaded, match_of, person

pytestmark = pytest.mark.django_db


def stage(user_id):
    return queries.stage(user_id).stage


def test_who_never_came_is_inactive():
    assert stage(account().id) == "inactive"


def test_who_left_is_inactive(now):
    user = person(now, chart=False)
    ConnectProfile.objects.update(is_active=False)
    assert stage(user.id) == "inactive"


def looked_at(now):
    """A run that looks at everybody in the pool."""
    runs.request(now=now)
    assert runs.run_requested(now=now).status == RunStatus.FINISHED


def test_who_came_just_now_waits(now):
    looked_at(now - timedelta(minutes=1))
    assert stage(person(now, chart=False).id) == "waiting"


def test_a_run_that_found_nobody_exhausts_the_pool(now):
    user = person(now, chart=False)
    looked_at(now)
    assert stage(user.id) == "pool_exhausted"


def test_so_does_being_looked_at_alone(now):
    user = person(now, chart=False)
    entries.mark_due(user_ids=[user.id], now=now)
    follow(now)
    assert (stage(user.id), MatchingRun.objects.count()) == ("pool_exhausted", 0)


def test_an_entry_that_is_built_and_not_looked_at_yet_does_not(now):
    user = person(now, chart=False)
    loaded(now)
    assert entry_of(user).built_at is not None
    assert stage(user.id) == "waiting"


def test_a_failed_or_waiting_run_does_not(now, monkeypatch):
    user = person(now, chart=False)
    runs.request(now=now)
    assert stage(user.id) == "waiting"
    monkeypatch.setattr(people, "load", lambda **kwargs: 1 / 0)
    assert runs.run_requested(now=now) is not None
    assert MatchingRun.objects.get().status == RunStatus.FAILED
    assert stage(user.id) == "waiting"


def test_who_changed_since_waits(now):
    user = person(now, chart=False)
    looked_at(now)
    entries.mark_due(user_ids=[user.id], now=now)
    assert stage(user.id) == "waiting"


def test_after_a_match_ended_one_waits_to_be_looked_at_again(now):
    user, other = person(now, chart=False), person(now, chart=False)
    looked_at(now)
    match = Match.objects.get()
    proposals.respond(match_id=match.id, by=user.id, action=Action.DECLINE, now=now)
    assert (stage(user.id), stage(other.id)) == ("waiting", "waiting")
    follow(now + entries.REST_AFTER_END)
    assert (stage(user.id), stage(other.id)) == ("pool_exhausted", "pool_exhausted")


@pytest.mark.parametrize(
    ("status", "of_a", "of_b"),
    [
        (MatchStatus.PROPOSED, "match_found", "match_found"),
        (MatchStatus.ACCEPTED_A, "waiting_for_other", "match_found"),
        (MatchStatus.ACCEPTED_B, "match_found", "waiting_for_other"),
        (MatchStatus.ACCEPTED_BOTH, "chat", "chat"),
        (MatchStatus.BLIND_CHAT_ACTIVE, "chat", "chat"),
        (MatchStatus.REVEALED, "chat", "chat"),
    ],
)
def test_a_match_says_where_each_side_stands(now, status, of_a, of_b):
    match = match_of(person(now, chart=False), person(now, chart=False), now, status)
    assert (stage(match.user_a_id), stage(match.user_b_id)) == (of_a, of_b)
    assert queries.stage(match.user_a_id).match_id == match.id


@pytest.mark.parametrize("answered", [MatchStatus.ACCEPTED_A, MatchStatus.BLIND_CHAT_ACTIVE])
def test_of_several_the_one_that_waits_for_an_answer_comes_first(now, answered):
    user = account()
    waiting = match_of(user, account(), now, MatchStatus.PROPOSED)
    match_of(user, account(), now, answered)
    assert queries.stage(user.id).match_id == waiting.id


def test_the_others_acceptance_does_not_show(now):
    match = match_of(account(), account(), now, MatchStatus.ACCEPTED_B)
    assert queries.stage(match.user_a_id).status == MatchStatus.PROPOSED


def test_either_side_is_told_its_own_acceptance_in_the_same_word(now):
    for status, side in ((MatchStatus.ACCEPTED_A, "user_a_id"), (MatchStatus.ACCEPTED_B, "user_b_id")):
        match = match_of(account(), account(), now, status)
        assert queries.stage(getattr(match, side)).status == MatchStatus.ACCEPTED_A


def test_an_overdue_proposal_is_over_before_the_sweeper_came(now):
    user = person(now, chart=False)
    match_of(user, account(), now, expires_at=now - timedelta(seconds=1))
    assert stage(user.id) == "waiting"


def test_a_chat_goes_on_after_leaving_the_pool(now):
    user = person(now, chart=False, is_active=False)
    match_of(user, account(), now, MatchStatus.BLIND_CHAT_ACTIVE)
    assert stage(user.id) == "chat"
