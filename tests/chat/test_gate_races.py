"""What happens at a gate when two things happen at once: real threads, real connections."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.enums import CloseReason, Decision, State
from chat.models import ConversationEvent, Message
from chat.services import conversations, gates, messages, panic
from matching.models import Connection
from safety.enums import ReportReason
from safety.models import Report
from tests.chat.live import make_pair
from tests.matching.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def at_a_gate():
    pair = make_pair(began=timezone.now() - timedelta(minutes=10, seconds=30))
    pair.sweep(10)
    return pair


def vote(pair, by, decision=Decision.REVEAL_YES):
    return lambda: (
        gates.decide(
            conversation_id=pair.conversation.id, by=by, gate_minute=10, decision=decision, now=pair.minute(11)
        ).state
    )


def gapless(pair) -> bool:
    seqs = ConversationEvent.objects.filter(conversation=pair.conversation).order_by("seq")
    return list(seqs.values_list("seq", flat=True)) == list(range(1, pair.fresh().last_seq + 1))


def test_both_vote_at_once():
    for _ in range(ROUNDS):
        pair = at_a_gate()
        states = together(vote(pair, pair.a), vote(pair, pair.b))
        assert sorted(states) == ["decision_gate", "revealed"]
        assert gapless(pair)
    assert Connection.objects.count() == ROUNDS


def test_a_vote_meets_the_end():
    for _ in range(ROUNDS):
        pair = at_a_gate()

        def end(pair=pair):
            close = conversations.close
            reason = CloseReason.USER_END
            return str(close(conversation_id=pair.conversation.id, reason=reason, by=pair.b, now=pair.minute(11)).state)

        together(vote(pair, pair.a), end)
        assert (pair.state, pair.windows[10]) == (State.CLOSED, ("resolved", "void"))


def test_the_sweeper_meets_itself_and_the_last_votes():
    for _ in range(ROUNDS):
        pair = at_a_gate()
        sweep = lambda pair=pair: gates.sweep(now=pair.minute(12))  # noqa: E731
        together(vote(pair, pair.a), vote(pair, pair.b), sweep, sweep)
        assert pair.windows[10][1] in {"revealed", "went_on"}
        assert [told for told in pair.told() if told[1].startswith("10 ")][1:] == [
            ("gate", f"10 {pair.windows[10][1]}")
        ]
        assert gapless(pair)


def test_a_panic_meets_a_message():
    for number in range(ROUNDS):
        pair = at_a_gate()
        room = pair.conversation.id

        def leave(pair=pair, room=room):
            other = ReportReason.OTHER
            report = panic.leave(conversation_id=room, by=pair.a, reason=other, details="", now=pair.minute(11))
            return str(report.id)

        def say(pair=pair, room=room, number=number):
            return messages.send(
                conversation_id=room, by=pair.b, client_id=str(number), text="Hello", now=pair.minute(11)
            ).seq

        left, said = together(leave, say)
        assert (pair.state, Report.objects.filter(id=left).count()) == (State.CLOSED, 1)
        closed = ConversationEvent.objects.get(conversation=room, type="state", data__state="closed").seq
        stored = Message.objects.filter(conversation=room).values_list("seq", flat=True)
        assert (said == "conversation_closed" and not stored) or (list(stored) == [said] and said < closed)
        assert gapless(pair)
