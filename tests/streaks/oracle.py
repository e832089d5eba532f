"""What the rules make of a streak, told day by day from everything that happened: nothing is remembered between two
questions, and nothing of ours is used. Its zones are those whose clocks never go back over midnight.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OTHER = {"low": "high", "high": "low"}


@dataclass
class Story:
    """Everything that was done to a streak, in order: (moment, what, who or which span of time)."""

    zone: str
    formed: datetime
    log: list = field(default_factory=list)

    def clock(self, moment):
        return moment.astimezone(ZoneInfo(self.zone))

    def first_day(self):
        return self.clock(self.formed).date() + timedelta(days=1)

    def told(self, now):
        return Telling(self).until(now)


@dataclass
class Telling:
    story: Story
    status: str = "active"
    count: int = 0
    cycle: int = 1
    breaker: str | None = None
    broken: date | None = None
    saved: int = 0
    day: date | None = None
    seen: set = field(default_factory=set)
    spans: list = field(default_factory=list)

    def until(self, now):
        self.day = self.story.first_day()
        today = self.story.clock(now).date()
        while self.status not in ("completed", "terminated"):
            self.live(self.day)
            if today <= self.day:
                break
            if self.status not in ("completed", "terminated"):
                self.close()
        if self.status == "active" and len(self.seen) == 1 and self.story.clock(now).hour >= 20 and today == self.day:
            self.status = "at_risk"
        return self

    def live(self, day):
        self.seen = set()
        for moment, what, who in self.story.log:
            happened = max(self.story.clock(moment).date(), self.story.first_day())
            if happened == day and self.status not in ("completed", "terminated"):
                getattr(self, what)(who)

    def check_in(self, who):
        self.seen.add(who)
        if len(self.seen) == 2 and self.status == "reset":
            self.status, self.cycle, self.count, self.breaker = "active", self.cycle + 1, 1, None
        elif len(self.seen) == 2 and self.status == "active":
            self.gain()

    def recover(self, who):
        assert (self.status, self.breaker) == ("payment_window", who)
        self.go_on()

    def outage(self, span):
        self.spans.append(span)
        if self.broken is None or not self.excused(self.broken):
            return
        if self.status == "active":
            self.count, self.broken = min(14, self.count + self.saved), None
        else:
            self.count = self.saved
            self.go_on()

    def end(self, who):
        self.status, self.breaker = "terminated", None

    def go_on(self):
        self.status, self.breaker, self.broken = "active", None, None
        if len(self.seen) == 2:
            self.gain()

    def gain(self):
        self.count += 1
        if self.count == 15:
            self.status = "completed"

    def excused(self, day):
        clock, tick = self.story.clock, timedelta(microseconds=1)
        return any(clock(start).date() <= day <= clock(stop - tick).date() for start, stop in self.spans)

    def close(self):
        """The day is over."""
        if self.status == "payment_window":
            self.status, self.count = "reset", 0
        elif self.status == "active" and len(self.seen) < 2 and not self.excused(self.day):
            self.broken, self.saved = self.day, self.count
            self.breaker = OTHER[next(iter(self.seen))] if self.seen else None
            if self.seen and self.count:
                self.status = "payment_window"
            else:
                self.status, self.count = "reset", 0
        self.day += timedelta(days=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
