"""Answering, expiring and closing proposals, and what the other side may know."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from config.errors import NotYours, WrongState
from connect.enums import NotificationType, Purpose
from connect.models import Notification
from connect.signals import consent_revoked, profile_changed
from matching.enums import ENDED, UNDECIDED, MatchStatus
from matching.models import Match
from matching.services import proposals
from matching.services.proposals import Action
from matching.signals import match_closed, matches_accepted
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import account, heard, match_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def match(now):
    return match_of(account(), account(), now)


@pytest.fixture
def told(monkeypatch):
    """What sockets are told: (user id, type, data)."""
    sent = []
    monkeypatch.setattr(
        proposals,
        "publish",
        lambda people, type, data: sent.extend((user_id, type, data) for user_id in people),
    )
    return sent


def answer(match, by, action=Action.ACCEPT, now=None):
    return proposals.respond(match_id=match.id, by=by, action=action, now=now or timezone.now())


def status_of(match):
    return Match.objects.get(id=match.id).status


@pytest.mark.parametrize(("side", "kept"), [("user_a_id", "accepted_a"), ("user_b_id", "accepted_b")])
def test_the_first_acceptance_is_the_callers_own_side_and_that_is_a(match, told, side, kept):
    caller = getattr(match, side)
    assert answer(match, caller) == "accepted_a"
    assert [(user_id, data["status"]) for user_id, _, data in told] == [(caller, "accepted_a")]
    assert status_of(match) == kept


def test_the_second_acceptance_is_both(match, now):
    answer(match, match.user_a_id)
    with heard(matches_accepted) as signals:
        assert answer(match, match.user_b_id, now=now) == "accepted_both"
    assert [([match.id for match in told["matches"]], told["now"]) for told in signals] == [([match.id], now)]


def test_the_first_acceptance_opens_nothing(match):
    with heard(matches_accepted) as signals:
        answer(match, match.user_a_id)
    assert signals == []


def test_the_answer_is_accepted_both_although_chat_moves_on(match):
    answer(match, match.user_a_id)
    assert answer(match, match.user_b_id) == "accepted_both"
    assert status_of(match) == MatchStatus.BLIND_CHAT_ACTIVE


def test_declining_ends_it(match, now):
    assert answer(match, match.user_a_id, Action.DECLINE, now) == "declined"
    stored = Match.objects.get(id=match.id)
    assert (stored.status, stored.ended_at) == (MatchStatus.DECLINED, now)


def test_who_accepted_may_still_decline(match):
    answer(match, match.user_a_id)
    assert answer(match, match.user_a_id, Action.DECLINE) == "declined"


def test_accepting_twice_is_refused(match):
    answer(match, match.user_a_id)
    with pytest.raises(WrongState) as refused:
        answer(match, match.user_a_id)
    assert refused.value.code == "already_answered"
    assert status_of(match) == MatchStatus.ACCEPTED_A


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (MatchStatus.ACCEPTED_BOTH, "already_answered"),
        (MatchStatus.BLIND_CHAT_ACTIVE, "already_answered"),
        (MatchStatus.REVEALED, "already_answered"),
        (MatchStatus.DECLINED, "match_closed"),
        (MatchStatus.CLOSED, "match_closed"),
        (MatchStatus.EXPIRED, "match_expired"),
    ],
)
def test_what_is_decided_cannot_be_answered(now, status, code, action):
    match = match_of(account(), account(), now, status)
    with pytest.raises(WrongState) as refused:
        answer(match, match.user_a_id, action)
    assert refused.value.code == code
    assert status_of(match) == status


@pytest.mark.parametrize("action", list(Action))
def test_expired_is_refused_before_the_sweeper_came(match, action):
    with pytest.raises(WrongState) as refused:
        answer(match, match.user_a_id, action, match.expires_at)
    assert refused.value.code == "match_expired"
    assert status_of(match) == MatchStatus.PROPOSED


def test_just_before_it_expires_it_can_be_answered(match):
    assert answer(match, match.user_a_id, now=match.expires_at - timedelta(seconds=1)) == "accepted_a"


def test_a_stranger_finds_nothing(match):
    with pytest.raises(NotYours):
        answer(match, account().id)


def test_what_does_not_exist_is_the_same(match):
    with pytest.raises(NotYours):
        proposals.respond(match_id=uuid4(), by=match.user_a_id, action=Action.ACCEPT, now=timezone.now())


def test_one_acceptance_is_told_to_its_author_alone(match, told):
    answer(match, match.user_a_id)
    assert told == [(match.user_a_id, "match.updated", {"match_id": str(match.id), "status": "accepted_a"})]
    assert not Notification.objects.exists()


def test_both_acceptances_are_told_to_both(match, told):
    answer(match, match.user_a_id)
    told.clear()
    answer(match, match.user_b_id)
    assert {(user_id, data["status"]) for user_id, _, data in told} == {
        (match.user_a_id, "accepted_both"),
        (match.user_b_id, "accepted_both"),
    }
    notes = Notification.objects.filter(type=NotificationType.MATCH_ACCEPTED, related_id=match.id)
    assert {note.user_id for note in notes} == {match.user_a_id, match.user_b_id}


def test_a_decline_looks_like_any_other_end(match, told):
    answer(match, match.user_a_id, Action.DECLINE)
    assert {(user_id, data["status"]) for user_id, _, data in told} == {
        (match.user_a_id, "closed"),
        (match.user_b_id, "closed"),
    }


@pytest.mark.parametrize(
    ("status", "to_a", "to_b"),
    [
        (MatchStatus.PROPOSED, "proposed", "proposed"),
        (MatchStatus.ACCEPTED_A, "accepted_a", "proposed"),
        (MatchStatus.ACCEPTED_B, "proposed", "accepted_a"),
        (MatchStatus.ACCEPTED_BOTH, "accepted_both", "accepted_both"),
        (MatchStatus.DECLINED, "closed", "closed"),
        (MatchStatus.CLOSED, "closed", "closed"),
        (MatchStatus.EXPIRED, "expired", "expired"),
    ],
)
def test_the_status_shown_hides_the_others_answer(now, status, to_a, to_b):
    match = match_of(account(), account(), now, status)
    assert proposals.shown_status(match, match.user_a_id) == to_a
    assert proposals.shown_status(match, match.user_b_id) == to_b


@pytest.mark.parametrize("status", UNDECIDED)
def test_overdue_proposals_expire(now, status, told):
    match = match_of(account(), account(), now, status, expires_at=now)
    assert proposals.expire_overdue(now=now) == 1
    stored = Match.objects.get(id=match.id)
    assert (stored.status, stored.ended_at) == (MatchStatus.EXPIRED, now)
    assert {user_id for user_id, _, _ in told} == {match.user_a_id, match.user_b_id}


def test_what_is_not_due_or_decided_does_not_expire(now):
    match_of(account(), account(), now, expires_at=now + timedelta(seconds=1))
    match_of(account(), account(), now, MatchStatus.ACCEPTED_BOTH, expires_at=now)
    assert proposals.expire_overdue(now=now) == 0


def test_leaving_the_pool_closes_what_is_undecided(now):
    user = account()
    undecided = match_of(user, account(), now)
    chat = match_of(user, account(), now, MatchStatus.BLIND_CHAT_ACTIVE)
    foreign = match_of(account(), account(), now)
    profile_changed.send(sender=None, user_id=user.id, active=False, now=now)
    assert [status_of(match) for match in (undecided, chat, foreign)] == [
        "closed",
        "blind_chat_active",
        "proposed",
    ]


def test_taking_the_consent_back_closes_and_says_so(now):
    user = account()
    match = match_of(user, account(), now)
    answers = consent_revoked.send(sender=None, user_id=user.id, purpose=Purpose.MATCHING, now=now)
    assert {"proposals": 1, "interests": 0, "cards": 0, "learned": 0} in [given for _, given in answers]
    assert status_of(match) == MatchStatus.CLOSED


@pytest.mark.parametrize("status", [s for s in MatchStatus if s not in ENDED])
def test_a_block_closes_every_open_match_of_the_two(now, status):
    one, other = account(), account()
    match, foreign = match_of(one, other, now, status), match_of(one, account(), now)
    with heard(match_closed) as signals:
        blocks.block(by=one.id, other=other.id, source=BlockSource.MANUAL, now=now)
    assert [told["match"].id for told in signals] == [match.id]
    assert (status_of(match), status_of(foreign)) == ("closed", "proposed")
