"""Anything that two people, the clock and we can do to a streak, against the rules told day by day."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from config.errors import WrongState
from streaks import queries
from streaks.models import Outage, Streak
from streaks.services import outages, recoveries, rollover
from tests.lengths import MORE
from tests.streaks import builders
from tests.streaks.builders import person, stored
from tests.streaks.kinds import expected, seen
from tests.streaks.oracle import OTHER, Story, utc

ZONES = ["Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT-14", "Etc/GMT+12", "America/New_York", "Africa/Cairo", "UTC"]
BEGINNINGS = [utc(2026, 3, 6, 13), utc(2026, 3, 26, 9), utc(2026, 4, 21, 23, 30), utc(2026, 10, 22, 5), utc(2026, 1, 1)]
side = st.sampled_from(["low", "high"])
OVER = ("completed", "terminated")


class Streaks(RuleBasedStateMachine):
    @initialize(zone=st.sampled_from(ZONES), formed=st.sampled_from(BEGINNINGS))
    def begin(self, zone, formed):
        """What an example before left behind is over: time begins again."""
        Outage.objects.all().delete()
        ended = {"status": "terminated", "ended_at": formed, "due_at": None, "breaker": None}
        Streak.objects.open().update(**ended)
        self.now = formed
        self.story = Story(zone, formed)
        self.streak = builders.streak(zone, formed)

    @property
    def today(self):
        return self.story.clock(self.now).date()

    def done(self, what, who):
        self.story.log.append((self.now, what, who))

    @rule(minutes=st.integers(1, 40 * 60))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 15), hour=st.integers(0, 23))
    def both_check_in_every_day(self, days, hour):
        """What it takes to come far."""
        for _ in range(days):
            self.check_in("low")
            self.check_in("high")
            self.now += timedelta(hours=24)

    @rule(days=st.lists(st.sampled_from([("low", "high"), ("low",), ("high",), ()]), min_size=1, max_size=6))
    def days_pass(self, days):
        for sides in days:
            for who in sides:
                self.check_in(who)
            self.now += timedelta(hours=24)

    @rule(who=side)
    def check_in(self, who):
        told = self.story.told(self.now)
        again = any(
            w == who and what == "check_in" and self.story.clock(m).date() == self.today
            for m, what, w in self.story.log
        )
        allowed = told.status not in OVER and self.today >= self.story.first_day() and not again
        assert self.accepted(lambda: builders.check_in(self.streak, who, self.now)) == allowed
        if allowed:
            self.done("check_in", who)

    @rule(who=side)
    def recover(self, who):
        told = self.story.told(self.now)
        allowed = (told.status, told.breaker) == ("payment_window", who)
        by = person(self.streak, who)
        assert self.accepted(lambda: recoveries.recover(streak_id=self.streak.id, by=by, now=self.now)) == allowed
        if allowed:
            self.done("recover", who)

    @rule()
    def breaker_recovers(self):
        if breaker := self.story.told(self.now).breaker:
            self.recover(OTHER[breaker])
            self.recover(breaker)

    @rule(back=st.integers(1, 72), hours=st.integers(1, 30))
    def outage(self, back, hours):
        start = self.now - timedelta(hours=back)
        stop = start + timedelta(hours=min(back, hours))
        rollover.roll_over(now=self.now)  # the oracle too has closed every day that is over before it hears of this
        outages.record(starts_at=start, ends_at=stop, note="", by=None, now=self.now)
        outages.mend_due(now=self.now)
        self.done("outage", (start, stop))

    @rule()
    def roll_over(self):
        rollover.roll_over(now=self.now)
        assert seen(stored(self.streak)) == expected(self.story, self.now)

    @rule(who=side, maybe=st.integers(0, 9))
    def end(self, who, maybe):
        if maybe == 0:
            open_still = self.story.told(self.now).status not in OVER
            builders.end(self.streak, who, self.now)
            if open_still:
                self.done("end", who)

    @invariant()
    def stands_where_the_rules_say(self):
        if hasattr(self, "streak"):
            shown = queries.mine(self.streak.user_low_id, self.streak.id, now=self.now)
            assert seen(shown) == expected(self.story, self.now)

    def accepted(self, act):
        try:
            with transaction.atomic():
                act()
        except WrongState:
            return False
        return True


@pytest.mark.django_db
def test_every_story_ends_as_the_rules_say():
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Streaks,
        settings=settings(
            max_examples=12 * MORE,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=checks,
            report_multiple_bugs=False,
        ),
    )
