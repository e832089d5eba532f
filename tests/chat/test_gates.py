"""Decision gates: who decides what, when, and what comes of it."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from chat.enums import CloseReason, Decision, GateOutcome, RevealState, State
from chat.models import Conversation, DecisionGate, GateWindow, Reveal
from chat.services import conversations, messages, reveals
from chat.services.drafts import draft
from config.errors import NotYours, WrongState
from connect.models import Disclosure
from connect.realtime import user_group
from matching.enums import MatchStatus, Origin
from matching.models import Connection, Match
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.live import Pair, make_pair
from tests.chat.people import frames, make_two, make_user

pytestmark = pytest.mark.django_db
YES, NOT_YET, END = Decision.REVEAL_YES, Decision.NOT_YET, Decision.END_CHAT


@pytest.fixture
def pair() -> Pair:
    return make_pair()


@pytest.fixture
def asked(pair) -> Pair:
    """At the first gate."""
    pair.sweep(10)
    return pair


def code_of(call, *args, **kwargs) -> str:
    with pytest.raises(WrongState) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def end(pair, by, minute) -> None:
    conversations.close(
        conversation_id=pair.conversation.id, reason=CloseReason.USER_END, by=by, now=pair.minute(minute)
    )


# The clock.


def test_gates_are_planned_at_10_20_and_30_minutes_for_2_minutes(pair):
    rows = GateWindow.objects.filter(conversation=pair.conversation).order_by("opens_at")
    planned = [(row.gate_minute, row.opens_at, row.closes_at) for row in rows]
    assert planned == [(m, pair.minute(m), pair.minute(m + 2)) for m in (10, 20, 30)]
    assert pair.conversation.closes_at == pair.minute(32)


def test_time_scaled_passes_faster(settings):
    settings.LIVE_TIME_SCALE = 60
    pair = make_pair()
    first = GateWindow.objects.filter(conversation=pair.conversation).earliest("opens_at")
    assert (first.opens_at, first.closes_at) == (pair.began + timedelta(seconds=10), pair.began + timedelta(seconds=12))


def test_a_gate_opens_on_the_minute_and_not_before(pair):
    assert (pair.sweep(9.99), pair.state) == (0, State.ANONYMOUS)
    assert (pair.sweep(10), pair.state) == (1, State.DECISION_GATE)


def test_silence_lets_the_talk_go_on_when_the_time_is_up(asked):
    assert (asked.sweep(11.99), asked.state) == (0, State.DECISION_GATE)
    assert (asked.sweep(12), asked.state) == (1, State.ANONYMOUS)
    assert asked.windows[10] == ("resolved", "went_on")


def test_a_second_sweep_finds_nothing_to_do(asked):
    before = asked.told()
    assert (asked.sweep(10), asked.told()) == (0, before)


def test_a_late_sweep_walks_everything_in_its_order(pair):
    pair.sweep(100)
    walked = [("gate", f"{minute} {what}") for minute in (10, 20, 30) for what in ("opened", "went_on")]
    assert pair.told() == [("state", "anonymous"), *walked, ("state", "closed")]
    assert [row.resolved_at for row in GateWindow.objects.order_by("opens_at")] == [
        pair.minute(m) for m in (12, 22, 32)
    ]


def test_after_the_last_gate_it_ends_by_timeout(pair):
    pair.sweep(31.99)
    assert pair.state == State.DECISION_GATE
    pair.sweep(32)
    ended = pair.fresh()
    assert (ended.state, ended.close_reason, ended.closed_at) == (State.CLOSED, "timeout", pair.minute(32))
    pair.match.refresh_from_db()
    assert pair.match.status == MatchStatus.CLOSED


@pytest.fixture
def credited(monkeypatch) -> list[Any]:
    """The matches for which both were given credit."""
    given: list[Any] = []
    monkeypatch.setattr("chat.services.gates.talk_credits.give", lambda *, match, now: given.append(match.id))
    return given


def test_who_talked_through_all_gates_had_a_good_one(pair, credited):
    for by in (pair.a, pair.b):
        said = {"conversation_id": pair.conversation.id, "by": by, "client_id": "1", "text": "Hello"}
        messages.send(**said, now=pair.minute(1))
    pair.sweep(32)
    assert credited == [pair.match.id]


def test_where_only_one_spoke_nobody_did(pair, credited):
    said = {"conversation_id": pair.conversation.id, "by": pair.a, "client_id": "1", "text": "Hello"}
    messages.send(**said, now=pair.minute(1))
    pair.sweep(32)
    assert credited == []


def test_two_who_said_not_yet_at_the_last_gate_have_its_time(pair):
    pair.sweep(30)
    for by in (pair.a, pair.b):
        pair.decide(by, NOT_YET, 30.5, gate=30)
    assert (pair.state, pair.windows[30]) == (State.ANONYMOUS, ("resolved", "went_on"))
    pair.sweep(32)
    assert pair.state == State.CLOSED


def test_a_blind_conversation_has_no_gates():
    two = make_two()
    assert not GateWindow.objects.filter(conversation=two.conversation).exists()


def test_the_talk_goes_on_at_a_gate(asked):
    told = messages.send(
        conversation_id=asked.conversation.id, by=asked.a, client_id="1", text="Well?", now=asked.minute(11)
    )
    assert told.seq == asked.fresh().last_seq


def test_nothing_is_said_any_more_when_the_time_is_up_though_nobody_swept(pair):
    said = {"conversation_id": pair.conversation.id, "by": pair.a, "client_id": "1", "text": "Wait"}
    assert code_of(messages.send, **said, now=pair.minute(32)) == "conversation_closed"
    assert messages.send_together([draft(**said)], now=pair.minute(32)) == {}
    assert messages.send_together([draft(**said)], now=pair.minute(31)) != {}


# Deciding.


def test_two_yes_reveal_both_like_a_mutual_reveal(asked):
    asked.decide(asked.a, YES, 10.5)
    assert asked.decide(asked.b, YES, 11).outcome == GateOutcome.REVEALED
    conversation = asked.fresh()
    assert (conversation.state, conversation.reveal_state) == (State.REVEALED, RevealState.MUTUAL)
    assert set(Disclosure.objects.live().values_list("viewer_id", "subject_id", "level")) == {
        (asked.a, asked.b, "identity"),
        (asked.b, asked.a, "identity"),
    }
    edge = Connection.objects.get()
    assert (edge.origin, edge.match_id, conversation.connection_id) == (Origin.LIVE, asked.match.id, edge.id)
    asked.match.refresh_from_db()
    assert asked.match.status == MatchStatus.REVEALED


def test_what_is_revealed_has_no_more_gates_and_no_end(asked):
    asked.decide(asked.a, YES, 10.5)
    asked.decide(asked.b, YES, 11)
    assert asked.windows == {10: ("resolved", "revealed"), 20: ("resolved", "void"), 30: ("resolved", "void")}
    assert (asked.sweep(100), asked.state, asked.fresh().closes_at) == (0, State.REVEALED, None)


def test_they_are_told_of_the_gate_and_then_of_the_reveal(asked):
    asked.decide(asked.a, YES, 10.5)
    asked.decide(asked.b, YES, 11)
    assert asked.told()[-3:] == [("gate", "10 revealed"), ("reveal", "mutual"), ("state", "revealed")]
    assert frames(asked)[-2].data["from"] == ""


@pytest.mark.parametrize("second", [YES, NOT_YET])
def test_both_votes_in_the_gate_is_over_and_the_talk_is_not(asked, second):
    asked.decide(asked.a, NOT_YET, 10.5)
    stand = asked.decide(asked.b, second, 10.6)
    assert (stand.status, stand.outcome, stand.state) == ("resolved", "went_on", State.ANONYMOUS)


def test_a_vote_is_secret_while_the_other_is_silent(asked):
    before = frames(asked, viewer=asked.b)
    stand = asked.decide(asked.a, YES, 10.5)
    assert (stand.status, stand.outcome) == ("open", None)
    assert frames(asked, viewer=asked.b) == before


def test_one_yes_is_forgotten_at_the_next_gate(asked):
    asked.decide(asked.a, YES, 10.5)
    asked.sweep(20)
    assert asked.decide(asked.b, YES, 20.5, gate=20).outcome is None
    assert not Reveal.objects.exists()


def test_who_wants_to_end_ends_it_for_both_at_once(asked):
    stand = asked.decide(asked.b, END, 10.5)
    ended = asked.fresh()
    assert (stand.state, ended.state, ended.close_reason) == (State.CLOSED, State.CLOSED, CloseReason.USER_END)
    assert asked.windows[10] == ("resolved", "ended")


def test_the_others_are_told_that_it_ended_and_no_more(asked):
    other = make_pair()
    other.sweep(10)
    asked.decide(asked.b, END, 10.5)
    end(other, other.b, 10.5)
    assert asked.told() == other.told()


def test_the_same_vote_again_is_that_vote_also_when_all_is_over(asked):
    first = asked.decide(asked.a, END, 10.5)
    assert asked.decide(asked.a, END, 50) == first
    assert DecisionGate.objects.count() == 1


def test_another_vote_is_refused(asked):
    asked.decide(asked.a, NOT_YET, 10.5)
    assert code_of(asked.decide, asked.a, YES, 10.6) == "gate_decided"


def test_before_and_after_its_time_a_gate_is_shut(pair):
    assert code_of(pair.decide, pair.a, YES, 9.9) == "gate_not_open"
    assert code_of(pair.decide, pair.a, YES, 12) == "gate_not_open"
    assert not DecisionGate.objects.exists()


def test_who_comes_before_the_sweeper_finds_the_gate_open(pair):
    assert pair.decide(pair.a, NOT_YET, 10.5).status == "open"


def test_at_one_gate_nobody_decides_of_another(asked):
    assert code_of(asked.decide, asked.a, YES, 10.5, gate=20) == "gate_not_open"


def test_what_has_ended_by_the_clock_takes_no_vote_though_nobody_swept(pair):
    pair.sweep(30)
    assert code_of(pair.decide, pair.a, YES, 33, gate=30) == "conversation_closed"


def test_to_anybody_else_there_is_no_gate(asked):
    with pytest.raises(NotYours):
        asked.decide(make_user().id, YES, 10.5)


def test_an_end_between_gates_leaves_none(asked):
    asked.sweep(12)
    end(asked, asked.a, 15)
    assert asked.windows == {10: ("resolved", "went_on"), 20: ("resolved", "void"), 30: ("resolved", "void")}
    assert asked.sweep(100) == 0


def test_an_end_leaves_what_a_punctual_sweep_before_it_would_have(pair):
    end(pair, pair.a, 15)
    assert (pair.windows[10], pair.windows[20]) == (("resolved", "went_on"), ("resolved", "void"))


def told_of_the_end(pair, ending, minute, capture):
    """What the other hears on their sockets, in order, and the moments that are kept."""
    with patch("connect.realtime._hand_over") as handed, capture(execute=True), transaction.atomic():
        ending(pair, minute)
    heard = [
        (frame["type"], {key: value for key, value in frame["data"].items() if not key.endswith("_id")})
        for call in handed.call_args_list
        for group, sent in call.args[0].items()
        for frame in sent
        if group == user_group(pair.b)
    ]
    return heard, pair.windows, (Match.objects.get(id=pair.match.id).ended_at, pair.fresh().closed_at)


def block_at(pair, minute):
    blocks.block(by=pair.a, other=pair.b, source=BlockSource.MANUAL, now=pair.minute(minute))


@pytest.mark.parametrize("minute", [10.5, 15, 33])
def test_though_nobody_swept_a_block_is_an_end_like_any_other(db, minute, django_capture_on_commit_callbacks):
    told = [
        told_of_the_end(make_pair(), ending, minute, django_capture_on_commit_callbacks)
        for ending in (lambda pair, minute: end(pair, pair.a, minute), block_at)
    ]
    assert told[0] == told[1]
    assert ("match.updated", {"status": "closed"}) in told[0][0]


def test_who_ends_a_talk_whose_time_was_up_takes_nothing_from_it(pair, credited):
    for by in (pair.a, pair.b):
        said = {"conversation_id": pair.conversation.id, "by": by, "client_id": "1", "text": "Hello"}
        messages.send(**said, now=pair.minute(1))
    end(pair, pair.a, 33)
    assert (pair.fresh().close_reason, credited) == ("timeout", [pair.match.id])


# Offers that stand.


def test_a_standing_offer_counts_as_a_yes(pair):
    pair.consent(pair.a, 5)
    pair.sweep(10)
    assert pair.decide(pair.b, YES, 10.5).outcome == GateOutcome.REVEALED
    assert Reveal.objects.get().status == "accepted"


def test_an_offer_at_a_gate_meets_the_vote_of_the_other(asked):
    asked.decide(asked.b, YES, 10.5)
    assert asked.consent(asked.a, 11) == RevealState.MUTUAL
    assert asked.state == State.REVEALED


def test_a_standing_offer_leaves_its_person_their_decision_when_the_other_says_not_yet(pair):
    pair.consent(pair.a, 5)
    pair.sweep(10)
    assert pair.decide(pair.b, NOT_YET, 10.5).outcome is None
    assert pair.decide(pair.a, YES, 11).outcome == GateOutcome.WENT_ON


def test_an_offer_that_met_a_not_yet_waits_for_the_time_and_stands_on(asked):
    asked.decide(asked.b, NOT_YET, 10.5)
    assert asked.consent(asked.a, 11) == RevealState.PENDING
    assert (asked.sweep(11.99), asked.state) == (0, State.DECISION_GATE)
    assert (asked.sweep(12), asked.windows[10]) == (1, ("resolved", "went_on"))
    assert asked.consent(asked.b, 15) == RevealState.MUTUAL


def test_who_said_something_else_at_the_gate_meant_that(pair):
    pair.consent(pair.a, 5)
    pair.sweep(10)
    pair.decide(pair.a, NOT_YET, 10.2)
    assert pair.decide(pair.b, YES, 10.5).outcome == GateOutcome.WENT_ON


def test_an_offer_taken_back_is_none(pair):
    pair.consent(pair.a, 5)
    reveals.withdraw(conversation_id=pair.conversation.id, by=pair.a, now=pair.minute(6))
    pair.sweep(10)
    assert pair.decide(pair.b, YES, 10.5).outcome is None


def test_two_offers_reveal_between_gates_and_at_one(asked):
    asked.consent(asked.a, 10.2)
    assert (asked.consent(asked.b, 10.4), asked.windows[10]) == (RevealState.MUTUAL, ("resolved", "revealed"))


def test_a_declined_offer_keeps_nobody_from_a_gate(pair):
    pair.consent(pair.a, 5)
    reveals.decline(reveal_id=Reveal.objects.get().id, by=pair.b, now=pair.minute(6))
    pair.sweep(10)
    pair.decide(pair.a, YES, 10.5)
    assert pair.decide(pair.b, YES, 10.6).outcome == GateOutcome.REVEALED
    assert set(Reveal.objects.values_list("status", flat=True)) == {"declined", "accepted"}


def test_no_offer_is_made_when_the_time_is_up_though_nobody_swept(pair):
    assert code_of(pair.consent, pair.a, 33) == "conversation_closed"


def test_the_silence_of_blind_chats_closes_no_live_one(pair):
    Conversation.objects.update(closes_at=pair.minute(60 * 24 * 60))
    assert conversations.close_silent(now=pair.minute(60 * 24 * 30)) == 0


def test_of_two_one_of_whom_leaves_nobody_is_shown_and_either_may_end(asked):
    from connect.models import User

    User.objects.filter(id=asked.b).update(status="deletion_pending")
    assert code_of(asked.decide, asked.a, YES, 10.5) == "conversation_paused"
    with transaction.atomic():
        assert asked.decide(asked.a, END, 10.5).state == State.CLOSED
