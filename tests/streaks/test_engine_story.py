"""The engine by itself, through many more stories than a database has time for, against the rules told day by day."""

import random
from datetime import timedelta

import pytest

from streaks.engine import days, states
from tests.lengths import MORE
from tests.streaks.oracle import Story, utc

ZONES = ["Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Africa/Cairo", "Pacific/Apia", "UTC"]
# Before summer time begins in New York, Berlin and Cairo, and before it ends in Berlin and New York.
BEGINNINGS = [
    utc(2026, 3, 4, 13),
    utc(2026, 3, 24, 23),
    utc(2026, 4, 20, 9),
    utc(2026, 10, 20, 5),
    utc(2028, 2, 25, 11),
]
STORIES, STEPS = 40 * MORE, 45


class Life:
    """A streak as the engine has it, and its story."""

    def __init__(self, drawn):
        self.drawn, zone = drawn, drawn.choice(ZONES)
        self.now = drawn.choice(BEGINNINGS) + timedelta(minutes=drawn.randrange(1440))
        self.story, self.state, self.spans = Story(zone, self.now), states.start(zone, self.now), []

    def excused(self, day):
        begins, ends = days.begins(self.state.timezone, day), days.ends(self.state.timezone, day)
        return any(start < ends and stop > begins for start, stop in self.spans)

    def take(self, path):
        self.state = path[-1] if path else self.state

    def catch_up(self):
        self.take(states.walk(self.state, self.excused, self.now))

    def step(self):
        self.now += timedelta(minutes=self.drawn.choice([1, 30, 240, 700, 1440]))
        self.catch_up()
        if self.state.status not in (states.COMPLETED, states.TERMINATED):
            self.drawn.choices([self.both, self.one, self.recover, self.outage], [8, 5, 3, 2])[0]()

    def both(self):
        for side in states.SIDES:
            self.check_in(side)

    def one(self):
        self.check_in(self.drawn.choice(states.SIDES))

    def check_in(self, side):
        today = days.local_date(self.state.timezone, self.now)
        if today >= self.state.started_on and self.state.last(side) != today and self.state.status != "completed":
            self.take(states.check_in(self.state, side, self.now))
            self.story.log.append((self.now, "check_in", side))

    def recover(self):
        if self.state.status == states.PAYMENT_WINDOW:
            breaker = self.state.breaker
            self.take(states.recover(self.state, self.now))
            self.story.log.append((self.now, "recover", breaker))

    def outage(self):
        """Of minutes or days, of today or put on record late."""
        start = self.now - timedelta(minutes=self.drawn.choice([5, 600, 1500, 3000, 6000, 12000]))
        stop = min(self.now, start + timedelta(minutes=self.drawn.choice([1, 90, 1440, 4000])))
        self.spans.append((start, stop))
        self.take(states.mend(self.state, self.excused, self.now))
        self.story.log.append((self.now, "outage", (start, stop)))

    def stands(self):
        moving = self.state.status in ("active", "at_risk", "payment_window")
        state = self.state
        return (state.status, state.current_day, state.cycle, state.breaker, state.day if moving else None)

    def told(self):
        told = self.story.told(self.now)
        moving = told.status in ("active", "at_risk", "payment_window")
        count = 0 if told.status == "reset" else told.count
        return (told.status, count, told.cycle, told.breaker, told.day if moving else None)


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_goes_where_the_rules_say(seed):
    for number in range(STORIES):
        life = Life(random.Random(f"{seed}:{number}"))
        for _ in range(STEPS):
            life.step()
            assert life.stands() == life.told(), (number, life.story)
