"""What became of matches: told of those where it can be told, and silent of the rest."""

from datetime import timedelta

import pytest

from matching import outcomes
from matching.enums import MatchStatus
from matching.models import Match
from matching.outcomes import HORIZON
from tests.matching.builders import account, match_of

pytestmark = pytest.mark.django_db

ANSWERED = timedelta(hours=73)


def became(known, match, now):
    return known(Match.objects.all(), now).get(match.id)


@pytest.mark.parametrize(
    ("status", "accepted"),
    [
        (MatchStatus.ACCEPTED_BOTH, True),
        (MatchStatus.BLIND_CHAT_ACTIVE, True),
        (MatchStatus.REVEALED, True),
        (MatchStatus.DECLINED, False),
        (MatchStatus.EXPIRED, False),
        (MatchStatus.CLOSED, None),
        (MatchStatus.PROPOSED, None),
        (MatchStatus.ACCEPTED_A, None),
    ],
)
def test_whether_both_accepted(now, status, accepted):
    match = match_of(account(), account(), now, status)
    assert became(outcomes.accepted, match, now + ANSWERED) is accepted


def test_one_that_was_accepted_and_closed_afterwards_was_accepted(now):
    match = match_of(account(), account(), now, MatchStatus.BLIND_CHAT_ACTIVE)
    Match.objects.update(status=MatchStatus.CLOSED)
    assert became(outcomes.accepted, match, now + ANSWERED) is True


@pytest.mark.parametrize("status", [MatchStatus.ACCEPTED_BOTH, MatchStatus.DECLINED])
def test_while_there_is_time_to_answer_nothing_is_told(now, status):
    """Who answers at once must not stand for who answers."""
    match = match_of(account(), account(), now, status)
    assert became(outcomes.accepted, match, now + timedelta(hours=71)) is None


@pytest.mark.parametrize(
    ("status", "revealed"),
    [
        (MatchStatus.REVEALED, True),
        (MatchStatus.BLIND_CHAT_ACTIVE, False),
        (MatchStatus.DECLINED, None),
        (MatchStatus.ACCEPTED_A, None),
    ],
)
def test_whether_both_showed_themselves(now, status, revealed):
    match = match_of(account(), account(), now, status)
    assert became(outcomes.revealed, match, now + HORIZON + timedelta(minutes=1)) is revealed


def test_one_that_ended_after_they_had_is_revealed(now):
    match = match_of(account(), account(), now, MatchStatus.REVEALED)
    Match.objects.update(status=MatchStatus.CLOSED)
    assert became(outcomes.revealed, match, now + HORIZON + timedelta(minutes=1)) is True


@pytest.mark.parametrize("status", [MatchStatus.REVEALED, MatchStatus.BLIND_CHAT_ACTIVE])
def test_before_all_were_watched_equally_long_nothing_is_told(now, status):
    match = match_of(account(), account(), now, status)
    assert became(outcomes.revealed, match, now + HORIZON - timedelta(minutes=1)) is None


def test_only_of_the_matches_asked_about(now):
    one, other = (match_of(account(), account(), now, MatchStatus.DECLINED) for _ in range(2))
    asked = Match.objects.filter(id=one.id)
    assert set(outcomes.accepted(asked, now + ANSWERED)) == {one.id}
    assert other.id not in outcomes.revealed(asked, now + ANSWERED)


def test_the_apps_say_what_they_know():
    assert [outcome.name for outcome in outcomes.outcomes()] == ["accepted", "revealed", "talked_long"]
