"""Live conversations over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import DecisionGate
from chat.services import pairings
from matching.enums import Origin
from matching.models import Connection
from safety.roles import acting_as
from tests.chat.live import Pair, make_pair
from tests.chat.people import Web, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> Pair:
    """Half a minute into the second gate."""
    pair = make_pair(began=timezone.now() - timedelta(minutes=20, seconds=30))
    pair.sweep(20)
    return pair


def path(pair, *more) -> str:
    return "/".join(["/api/conversations", str(pair.conversation.id), *more])


def decide(pair, by, decision, key=None, **other):
    return Web(by).post(path(pair, "decision-gate"), {"gate_minute": 20, "decision": decision} | other, key=key)


def shown(pair, viewer=None) -> dict:
    return Web(viewer or pair.a).get(path(pair)).json()


def test_a_vote_is_answered_with_what_came_of_it(pair):
    assert decide(pair, pair.a, "not_yet").json() == {
        "gate_minute": 20,
        "decision": "not_yet",
        "status": "open",
        "outcome": None,
        "state": "decision_gate",
    }
    assert decide(pair, pair.b, "reveal_yes").json()["outcome"] == "went_on"


def test_the_same_key_has_one_effect(pair):
    first = decide(pair, pair.a, "not_yet", key="one")
    assert (decide(pair, pair.a, "not_yet", key="one").json(), DecisionGate.objects.count()) == (first.json(), 1)


def test_a_gate_that_is_not_open_takes_no_vote(pair):
    refused = decide(pair, pair.a, "not_yet", gate_minute=30)
    assert (refused.status_code, refused.json()["code"]) == (409, "gate_not_open")


def test_there_are_three_decisions(pair):
    assert decide(pair, pair.a, "maybe").status_code == 400


def test_to_anybody_else_there_is_nothing(pair):
    stranger = make_user().id
    answers = [decide(pair, stranger, "not_yet"), Web(stranger).post(path(pair, "reveal-consent"))]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_conversation_shows_its_gates_and_ones_own_vote(pair):
    decide(pair, pair.a, "reveal_yes")
    gates = shown(pair)["gates"]
    assert [(g["gate_minute"], g["status"], g["outcome"], g["decision"]) for g in gates] == [
        (10, "resolved", "went_on", None),
        (20, "open", None, "reveal_yes"),
        (30, "scheduled", None, None),
    ]
    assert [g["decision"] for g in shown(pair, pair.b)["gates"]] == [None, None, None]


def test_it_shows_when_it_ends(pair):
    assert shown(pair)["closes_at"] == pair.minute(32).isoformat().replace("+00:00", "Z")


def test_one_that_is_over_does_not_end_again(pair):
    Web(pair.b).post(path(pair, "end"))
    assert (shown(pair)["state"], shown(pair)["closes_at"]) == ("closed", None)


def test_however_it_ended_it_shows_the_same():
    voted, left = (make_pair(began=timezone.now() - timedelta(minutes=20, seconds=30)) for _ in range(2))
    for pair in (voted, left):
        pair.sweep(20)
    decide(voted, voted.b, "end_chat")
    Web(left.b).post(path(left, "end"))
    told = [[(g["status"], g["outcome"]) for g in shown(pair)["gates"]] for pair in (voted, left)]
    assert told == [[("resolved", "went_on"), ("resolved", "void"), ("resolved", "void")]] * 2


def test_a_blind_one_has_neither(two):
    told = Web(two.a).get(path(two)).json()
    assert (told["gates"], told["closes_at"]) == ([], None)


def test_consent_of_both_reveals_them(pair):
    assert Web(pair.a).post(path(pair, "reveal-consent")).json()["reveal_state"] == "pending"
    assert Web(pair.b).post(path(pair, "reveal-consent")).json()["reveal_state"] == "mutual"
    assert Connection.objects.get().origin == Origin.LIVE


def test_so_it_does_in_a_blind_one(two):
    for by in (two.a, two.b):
        answer = Web(by).post(path(two, "reveal-consent"))
    assert answer.json()["reveal_state"] == "mutual"


def test_the_row_of_a_vote_is_its_voters_alone(pair):
    decide(pair, pair.a, "reveal_yes")
    seen = []
    for person in (pair.a, pair.b):
        with acting_as(person):
            seen.append(DecisionGate.objects.count())
    assert seen == [1, 0]


CALLS = {
    "the conversation": lambda web, pair: web.get(path(pair)),
    "what was said": lambda web, pair: web.get(path(pair, "messages")),
    "a message": lambda web, pair: web.post(path(pair, "messages"), {"text": "Hello", "client_id": "one"}),
    "having read": lambda web, pair: web.post(path(pair, "read"), {"seq": 1}),
    "the session": lambda web, pair: web.get(f"/api/matching/session/{pair.match.id}"),
}


def test_who_calls_without_a_socket_is_there_as_well():
    pairs = {name: make_pair(began=timezone.now() - timedelta(seconds=55)) for name in CALLS}
    answers = [call(Web(pairs[name].a), pairs[name]).status_code for name, call in CALLS.items()]
    pairings.watch(now=timezone.now() + timedelta(seconds=10))
    left = {name: (pair.state, pair.fresh().survivor) for name, pair in pairs.items()}
    assert (max(answers) < 300, left) == (True, dict.fromkeys(CALLS, ("closed", "a")))


def test_but_not_for_long():
    pair = make_pair(began=timezone.now() - timedelta(seconds=55))
    shown(pair)
    pairings.watch(now=timezone.now() + timedelta(seconds=61))
    assert (pair.state, pair.fresh().survivor) == ("closed", "")


def test_being_there_is_not_written_at_every_call():
    pair = make_pair(began=timezone.now() - timedelta(seconds=55))
    shown(pair)
    before = pair.fresh().away_a_since
    shown(pair)
    assert pair.fresh().away_a_since == before
