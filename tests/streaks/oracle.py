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
    """`runs`: the days counted between what broke it and stands, the present run last; `breaks`: the days between
    them, each with the day at whose end its window closed."""

    story: Story
    status: str = "active"
    runs: list = field(default_factory=lambda: [0])
    breaks: list = field(default_factory=list)
    cycle: int = 1
    breaker: str | None = None
    day: date | None = None
    seen: set = field(default_factory=set)
    spans: list = field(default_factory=list)

    @property
    def count(self):
        """While the window is open, what there is to save."""
        return self.runs[-2] if self.status == "payment_window" else self.runs[-1]

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
            self.status, self.cycle, self.breaker = "active", self.cycle + 1, None
            self.gain()
        elif len(self.seen) == 2 and self.status == "active":
            self.gain()

    def recover(self, who):
        assert (self.status, self.breaker) == ("payment_window", who)
        self.undo(len(self.breaks) - 1)
        self.go_on()

    def outage(self, span):
        """No day that it touches broke anything, nor was one that was there to make up for another."""
        self.spans.append(span)
        before = self.breaks[-1:]
        for place in reversed(range(len(self.breaks))):
            if any(day and self.excused(day) for day in self.breaks[place]):
                self.undo(place)
        if self.status in ("payment_window", "reset") and self.breaks[-1:] != before:
            self.go_on()

    def end(self, who):
        self.status, self.breaker = "terminated", None

    def undo(self, place):
        """What was counted before a break is counted with what came after it."""
        del self.breaks[place]
        self.runs[place : place + 2] = [min(14, sum(self.runs[place : place + 2]))]

    def go_on(self):
        self.status, self.breaker = "active", None
        if len(self.seen) == 2:
            self.gain()

    def gain(self):
        self.runs[-1] += 1
        if self.runs[-1] == 15:
            self.status = "completed"

    def excused(self, day):
        clock, tick = self.story.clock, timedelta(microseconds=1)
        return any(clock(start).date() <= day <= clock(stop - tick).date() for start, stop in self.spans)

    def close(self):
        """The day is over."""
        if self.status == "payment_window":
            self.close_window()
        elif self.status == "active" and len(self.seen) < 2 and not self.excused(self.day):
            self.breaks.append((self.day, None))
            self.runs.append(0)
            self.breaker = OTHER[next(iter(self.seen))] if self.seen else None
            self.status = "payment_window" if self.seen and self.runs[-2] else "reset"
        self.day += timedelta(days=1)

    def close_window(self):
        """A day on which nobody could pay because of us leaves it open for one more."""
        if len(self.seen) == 2:
            self.runs[-1] += 1
        if not self.excused(self.day):
            saved = min(14, sum(self.runs[-2:]))
            self.runs[-2:] = [saved, 0]
            self.breaks[-1] = (self.breaks[-1][0], self.day)
            self.status = "reset"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
