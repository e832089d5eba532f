"""The queue over HTTP: what is answered, what never is."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from connect.models import Consent
from matching.enums import MatchStatus
from matching.models import Match, QueueEntry
from matching.services import pairing
from tests.matching.builders import match_of
from tests.matching.waiters import friend, join, wait_together

pytestmark = pytest.mark.django_db
QUEUE, JOIN, LEAVE = (f"/api/matching/queue{end}" for end in ("", "/join", "/leave"))


def session_of(match):
    return f"/api/matching/session/{match.id}"


@pytest.fixture
def pair(now):
    """Two whom the queue brought together."""
    people = friend(now), friend(now)
    wait_together(now, *people)
    pairing.sweep(now=now)
    return people


def measure(now, *seconds, region="811f3ffffffffff"):
    """Waits that ended a moment ago."""
    for wait in seconds:
        began = now - timedelta(minutes=5, seconds=wait)
        entry = QueueEntry.objects.create(
            user=friend(now), enqueued_at=began, waiting_since=began, seen_at=began, region_key=region
        )
        QueueEntry.objects.filter(id=entry.id).update(status="expired", dequeued_at=now - timedelta(minutes=5))


def test_joining_and_leaving_answer_how_the_wait_stands(api, now):
    client = api(friend(now))
    assert client.get(QUEUE).json()["status"] == "none"
    joined = client.post(JOIN)
    assert joined.status_code == 200
    assert {name: joined.json()[name] for name in ("status", "reason", "session_id", "unmet")} == {
        "status": "active",
        "reason": None,
        "session_id": None,
        "unmet": [],
    }
    assert client.get(QUEUE).json()["status"] == "active"
    left = client.post(LEAVE).json()
    assert (left["status"], left["reason"]) == ("cancelled", "left")
    assert client.post(LEAVE).json() == left


def test_no_answer_tells_a_position_or_how_many_wait(api, now):
    for user in (friend(now), friend(now)):
        join(user, now)
    answer = api(friend(now)).post(JOIN).json()
    assert set(answer) == {
        *("status", "reason", "waiting_since", "ended_at", "session_id", "expected_wait_seconds"),
        *("longest_wait_seconds", "cooldown_until", "unmet"),
    }


def test_who_may_not_join_is_told_all_that_is_unmet(api, now):
    me = friend(now)
    Consent.objects.filter(user=me).delete()
    refused = api(me).post(JOIN)
    assert (refused.status_code, refused.json()["code"]) == (409, "queue_locked")
    assert refused.json()["details"] == {"unmet": ["consent_missing"]}
    assert api(me).get(QUEUE).json()["unmet"] == ["consent_missing"]


def test_the_expected_wait_is_measured_in_ones_region(api, now):
    """Four in five waited 23 seconds or less, which is said as 25; elsewhere it takes longer."""
    measure(now, 5, 10, 15, 20, 32)
    measure(now, *[300] * 5, region="811e3ffffffffff")
    assert api(friend(now)).post(JOIN).json()["expected_wait_seconds"] == 25


def test_nothing_is_expected_of_too_few_waits(api, now):
    measure(now, 5, 10)
    assert api(friend(now)).post(JOIN).json()["expected_wait_seconds"] is None


def test_a_session_says_why_and_nothing_of_the_other(api, now, pair):
    me, other = pair
    match = Match.objects.get()
    answer = api(me).get(session_of(match), headers={"accept-language": "en"}).json()
    assert (answer["status"], answer["score"] % 5) == ("active_chat", 0)
    assert answer["match_reasons"] == [reason["code"] for reason in answer["reasons"]]
    assert str(other.id) not in json.dumps(answer)
    assert api(me).get(QUEUE).json()["session_id"] == str(match.id)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ([MatchStatus.BLIND_CHAT_ACTIVE], "active_chat"),
        ([MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED], "friend_revealed"),
        ([MatchStatus.CLOSED], "ended"),
    ],
)
def test_a_session_follows_its_match(api, pair, path, told, now):
    match = Match.objects.get()
    for status in path:
        Match.objects.filter(id=match.id).update(status=status, ended_at=now if status == "closed" else None)
    assert api(pair[0]).get(session_of(match)).json()["status"] == told


def test_a_strangers_session_and_none_and_a_proposal_are_the_same_404(api, now, pair):
    me = friend(now)
    proposal = match_of(me, friend(now), now)
    theirs = Match.objects.get(user_a__in=pair)
    paths = [session_of(theirs), session_of(proposal), f"/api/matching/session/{uuid4()}"]
    answers = [api(me).get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({(answer.json()["code"], answer.json()["message"]) for answer in answers}) == 1
