"""Gates under votes, offers, ends and clocks in any order, held against an independent model."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chat.enums import CloseReason, Decision
from chat.models import Conversation, ConversationEvent, DecisionGate, GateWindow, Reveal
from chat.services import conversations, gates, panic, reveals
from config.errors import WrongState
from safety.enums import ReportReason
from tests.chat.gate_rules import GATES, Rules
from tests.chat.live import make_pair
from tests.lengths import MORE

sides = st.sampled_from(["a", "b"])
minutes = st.sampled_from(sorted(GATES))


class Talk(RuleBasedStateMachine):
    """The product beside the rules; each run in a transaction that is taken back."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.pair, self.rules, self.t = None, Rules(), 0

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.pair = make_pair()

    @property
    def now(self):
        return self.pair.began + timedelta(seconds=self.t)

    @property
    def room(self):
        return self.pair.conversation.id

    def person(self, side):
        return getattr(self.pair, side)

    def compare(self, act, answer):
        """Do it in the product; it is answered as the rules say."""
        try:
            with transaction.atomic():
                act()
            said = "done"
        except WrongState as refused:
            said = refused.code
        assert said == answer

    @rule(seconds=st.sampled_from([1, 30, 119, 120, 300, 599, 600]))
    def wait(self, seconds):
        self.t += seconds

    @rule(late=st.sampled_from([0, 1, 60, 700]))
    def sweep(self, late):
        """Also by a worker whose clock is behind."""
        gates.sweep(now=self.now - timedelta(seconds=late))
        self.rules.walk(self.t - late)

    @rule(late=st.sampled_from([0, 0, 1, 130]))
    def come_to_the_next_gate(self, late):
        following = [opens for opens, _ in GATES.values() if opens > self.t]
        assume(following)
        self.t = following[0] + late
        self.sweep(0)

    @rule(side=sides, gate=minutes, decision=st.sampled_from(sorted(Decision.values)))
    def vote(self, side, gate, decision):
        self.rules, answer = self.rules.after("vote", side, gate, decision, self.t)
        room, by = self.room, self.person(side)
        self.compare(
            lambda: gates.decide(
                conversation_id=room, by=by, gate_minute=gate, decision=Decision(decision), now=self.now
            ),
            answer,
        )

    @rule(side=sides, decision=st.sampled_from(["reveal_yes", "reveal_yes", "not_yet"]))
    def vote_at_the_open_gate(self, side, decision):
        """More often than chance would have it."""
        open_ones = [gate for gate, (opens, closes) in GATES.items() if opens <= self.t < closes]
        assume(open_ones)
        self.vote(side, open_ones[0], decision)

    @rule(side=sides)
    def consent(self, side):
        self.rules, answer = self.rules.after("consent", side, self.t)
        room, by = self.room, self.person(side)
        self.compare(lambda: reveals.request(conversation_id=room, by=by, now=self.now), answer)

    @rule(side=sides)
    def withdraw(self, side):
        self.rules, answer = self.rules.after("withdraw", side, self.t)
        room, by = self.room, self.person(side)
        self.compare(lambda: reveals.withdraw(conversation_id=room, by=by, now=self.now), answer)

    @rule()
    def decline(self):
        assume(self.rules.offer)
        reveal = Reveal.objects.pending().get(conversation=self.room)
        reveals.decline(reveal_id=reveal.id, by=reveal.requested_to_id, now=self.now)
        self.rules.decline()

    @rule(side=sides, chance=st.integers(0, 3))
    def end(self, side, chance):
        assume(chance == 0)
        reason = CloseReason.USER_END
        conversations.close(conversation_id=self.room, reason=reason, by=self.person(side), now=self.now)
        self.rules.end("user_end", self.t)

    @rule(side=sides, chance=st.integers(0, 5))
    def panic(self, side, chance):
        assume(chance == 0)
        other, by = ReportReason.OTHER, self.person(side)
        panic.leave(conversation_id=self.room, by=by, reason=other, details="", now=self.now)
        self.rules.end("panic_exit", self.t)

    @invariant()
    def it_stands_as_it_should(self):
        if self.pair:
            row = Conversation.objects.get(id=self.room)
            assert (row.state, row.close_reason) == (self.rules.state, self.rules.reason)

    @invariant()
    def so_do_its_gates(self):
        if self.pair:
            rows = GateWindow.objects.filter(conversation=self.room)
            assert {row.gate_minute: row.outcome or row.status for row in rows} == self.rules.gates

    @invariant()
    def what_was_said_is_kept_and_no_more(self):
        if self.pair:
            rows = DecisionGate.objects.filter(conversation=self.room)
            side = self.pair.conversation.side_of
            assert {(row.gate_minute, side(row.user_id).value): row.decision for row in rows} == self.rules.votes
            offer = Reveal.objects.pending().filter(conversation=self.room).first()
            assert (side(offer.requested_by_id).value if offer else "") == self.rules.offer

    @invariant()
    def what_happened_is_numbered_without_a_gap(self):
        if self.pair:
            seqs = (
                ConversationEvent.objects.filter(conversation=self.room).order_by("seq").values_list("seq", flat=True)
            )
            assert list(seqs) == list(range(1, self.pair.fresh().last_seq + 1))


@pytest.mark.django_db
def test_gates_keep_to_the_rules():
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    chosen = settings(max_examples=8 * MORE, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Talk, settings=chosen)
