"""Interests and connections of any number of people, tiers and orders, held against an independent model."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chat.models import Conversation
from config.errors import CapacityReached
from connect.enums import Tier
from connect.models import User
from matching.enums import Server
from matching.models import Connection, Interest, InterestWipe
from matching.services import connections, interests, meetings
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.love import LIMITS, Rules
from tests.matching.suitors import check_counts, count_of, express, suitor

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST = 5
who = st.integers(0, MOST - 1)
servers = st.sampled_from([Server.PARTNER, Server.FRIEND])
tiers = st.sampled_from(Tier.values)


class Discovery(RuleBasedStateMachine):
    """The product beside the rules; each run in a transaction that is taken back."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people, self.rules = [], None

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(chosen=st.lists(tiers, min_size=2, max_size=MOST))
    def come(self, chosen):
        self.people = [suitor(Tier(tier)) for tier in chosen]
        # Numbered in the order of their ids, which decides between pairs that met at the same moment.
        self.people.sort()
        stored = {user.id: user.tier for user in User.objects.all()}
        self.rules = Rules({number: stored[user_id] for number, user_id in enumerate(self.people)})

    @property
    def now(self):
        return START + timedelta(minutes=self.rules.step)

    def two(self, a, b):
        assume(a != b and max(a, b) < len(self.people))
        self.rules.step += 1
        return self.people[a], self.people[b]

    @rule(a=who, b=who, server=servers)
    def express(self, a, b, server):
        by, other = self.two(a, b)
        try:
            answer = express(by, other, self.now, server).status
        except CapacityReached:
            answer = "full"
        assert answer == self.rules.express(a, b, server)

    @rule(a=who, b=who, server=servers)
    def answer(self, a, b, server):
        """What the other sent is answered: more often than chance would have it."""
        assume((b, a, server) in self.rules.pending)
        self.express(a, b, server)

    @rule(data=st.data())
    def withdraw(self, data):
        assume(self.rules.pending)
        arrow = data.draw(st.sampled_from(sorted(self.rules.pending)))
        by, other = self.two(*arrow[:2])
        interest = Interest.objects.pending().get(sender=by, receiver=other, server=arrow[2])
        interests.withdraw(interest_id=interest.id, by=by, now=self.now)
        self.rules.withdraw(arrow)

    @rule(data=st.data(), what=st.sampled_from(["terminate", "archive", "unarchive"]))
    def change(self, data, what):
        assume(self.rules.standing)
        a, b = data.draw(st.permutations(data.draw(st.sampled_from(sorted(map(sorted, self.rules.standing))))))
        by, other = self.two(a, b)
        edge = Connection.objects.of(by).of(other).standing().get()
        getattr(self, f"_{what}")(edge, a, frozenset((a, b)))

    def _terminate(self, edge, a, pair):
        connections.terminate(connection_id=edge.id, by=self.people[a], now=self.now)
        self.rules.end(pair)

    def _archive(self, edge, a, pair):
        connections.archive(connection_id=edge.id, by=self.people[a], now=self.now)
        self.rules.standing[pair] = "archived"

    def _unarchive(self, edge, a, pair):
        rules = self.rules
        refused = rules.standing[pair] == "archived" and rules.count(a) > LIMITS[rules.tiers[a]]
        try:
            connections.unarchive(connection_id=edge.id, by=self.people[a], now=self.now)
        except CapacityReached:
            assert refused
        else:
            assert not refused
            rules.standing[pair] = "active"

    @rule(a=who, tier=tiers)
    def change_tier(self, a, tier):
        assume(a < len(self.people))
        User.objects.filter(id=self.people[a]).update(tier=tier)
        self.rules.tiers[a] = tier

    @rule()
    def settle(self):
        self.rules.step += 1
        meetings.settle_waiting(now=self.now)
        self.rules.settle()

    @rule(a=who, b=who)
    def block(self, a, b):
        by, other = self.two(a, b)
        blocks.block(by=by, other=other, source=BlockSource.MANUAL, now=self.now)
        self.rules.block(a, b)

    @invariant()
    def the_same_are_connected(self):
        found = Connection.objects.standing().values_list("user_low_id", "user_high_id", "status")
        number = self.people.index
        assert {frozenset((number(a), number(b))): status for a, b, status in found} == self.rules_or_none.standing

    @invariant()
    def the_same_wait(self):
        number = self.people.index
        found = Interest.objects.pending().values_list("sender_id", "receiver_id", "server")
        assert {(number(a), number(b), server) for a, b, server in found} == set(self.rules_or_none.pending)

    @invariant()
    def the_same_were_wiped(self):
        found = InterestWipe.objects.values("user").annotate(n=Sum("interests")).values_list("user", "n")
        assert Counter({self.people.index(user): n for user, n in found}) == self.rules_or_none.wiped

    @invariant()
    def everybody_is_counted(self):
        check_counts()
        for number, user_id in enumerate(self.people):
            assert count_of(user_id) == self.rules.count(number)

    @invariant()
    def each_connection_has_its_conversation(self):
        open_ones = Conversation.objects.open().values_list("connection_id", "state")
        standing = Connection.objects.standing().values_list("id", flat=True)
        assert sorted(open_ones) == sorted((edge, "locked") for edge in standing)

    @property
    def rules_or_none(self):
        return self.rules or Rules({})


@pytest.mark.django_db
def test_the_product_keeps_to_the_rules():
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    chosen = settings(max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Discovery, settings=chosen)
