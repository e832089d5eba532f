"""How a streak moves: by the clock, by a check-in, by a recovery and by an excuse.

Everything here takes a state and gives the states it passes through, the last one being where it stands; the database
allows each of these moves, and not every shortcut. What people do is applied to a state that the clock has walked to
the moment at which they do it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

from streaks.engine import days

DAYS = 15
"""Completed days that make a streak complete."""
_MOST = DAYS - 1
"""What a count that comes back is at the most: the last day is never reached but by a day of its own."""

ACTIVE, AT_RISK, PAYMENT_WINDOW, RESET = "active", "at_risk", "payment_window", "reset"
COMPLETED, TERMINATED = "completed", "terminated"

Side = Literal["low", "high"]
Excused = Callable[[date], bool]
Path = list["State"]


class Break(NamedTuple):
    """A day that broke a streak, the day at whose end its window closed if it had one, and the count it took."""

    on: date
    closed_on: date | None
    took: int

    def is_no_fault(self, excused: Excused) -> bool:
        """Whether we were down on the day itself, or on the one that was there to make up for it."""
        return excused(self.on) or (self.closed_on is not None and excused(self.closed_on))


@dataclass(frozen=True)
class State:
    """What `streaks.models.Streak` says of where a streak stands."""

    timezone: str
    status: str
    started_on: date
    day: date
    due_at: datetime | None
    current_day: int = 0
    cycle: int = 1
    low_on: date | None = None
    high_on: date | None = None
    breaker: Side | None = None
    broken_on: date | None = None
    broken_count: int = 0
    closed_on: date | None = None
    earlier: tuple[Break, ...] = ()

    @property
    def breaks(self) -> tuple[Break, ...]:
        """The days that broke it and stand, oldest first; what each took was counted since the one before."""
        if self.broken_on is None:
            return ()
        return (*self.earlier, Break(self.broken_on, self.closed_on, self.broken_count))

    @property
    def today(self) -> frozenset[Side]:
        """Who has checked in on the day it stands at."""
        return frozenset(side for side in SIDES if self.last(side) == self.day)

    def last(self, side: Side) -> date | None:
        return self.low_on if side == "low" else self.high_on


SIDES: tuple[Side, Side] = ("low", "high")


def start(timezone: str, now: datetime) -> State:
    """A streak whose first day begins at the next local midnight."""
    first = days.following(timezone, days.local_date(timezone, now))
    return State(timezone, ACTIVE, first, first, days.ends(timezone, first))


def walk(state: State, excused: Excused, now: datetime) -> Path:
    """Every state that the clock moves it through until `now`, in order; none where nothing is due."""
    return list(_steps(state, excused, now))


def check_in(state: State, side: Side, now: datetime) -> Path:
    """A check-in of one side on the local date of `now`, which is not before the streak's day."""
    today = days.local_date(state.timezone, now)
    marked = replace(state, low_on=today) if side == "low" else replace(state, high_on=today)
    if state.status == PAYMENT_WINDOW:
        return [marked]
    if state.status == RESET:
        marked = replace(marked, day=today)
        return [_begin_again(marked) if len(marked.today) == 2 else marked]
    return [settle(marked, now)]


def recover(state: State, now: datetime) -> Path:
    """The breaker makes up for the day that broke it; what was checked in since counts."""
    return _go_on(replace(_without_last(state), status=ACTIVE, current_day=state.broken_count), now)


def mend(state: State, excused: Excused, now: datetime) -> Path:
    """Days that broke it turn out to be excused: what each took is counted with what came after it, which a day that
    still stands may have taken in turn. Nothing where none is excused.

    A window that closed on such a day could not be used: its count comes back as well.
    """
    earlier, carried = _merge(state.earlier, excused)
    no_fault = bool(state.breaks) and state.breaks[-1].is_no_fault(excused)
    if earlier == state.earlier and not no_fault:
        return []
    merged = replace(state, earlier=earlier, broken_count=min(_MOST, state.broken_count + carried))
    if no_fault:
        return _restore(merged, now)
    if state.status == PAYMENT_WINDOW:
        return [replace(merged, current_day=min(_MOST, state.current_day + carried))]
    return [merged]


def settle(state: State, now: datetime) -> State:
    """Where an active or endangered streak stands with the check-ins of its day."""
    over = days.ends(state.timezone, state.day)
    if len(state.today) == 2:
        return _complete_day(state, over)
    if len(state.today) == 0:
        return replace(state, status=ACTIVE, due_at=over)
    cutoff = min(days.cutoff(state.timezone, state.day), over)
    if now >= cutoff:
        return replace(state, status=AT_RISK, due_at=over)
    return replace(state, status=ACTIVE, due_at=cutoff)


def _steps(state: State, excused: Excused, now: datetime) -> Iterator[State]:
    while state.due_at is not None and state.due_at <= now:
        state = _step(state, excused)
        yield state


def _step(state: State, excused: Excused) -> State:
    """The one move that is due."""
    if state.status == PAYMENT_WINDOW:
        return _pass_window(state, excused)
    if state.status == ACTIVE and len(state.today) == 1:
        return replace(state, status=AT_RISK, due_at=days.ends(state.timezone, state.day))
    if len(state.today) == 2 or excused(state.day):
        return _next_day(replace(state, status=ACTIVE))
    return _break(state)


def _break(state: State) -> State:
    missing: list[Side] = [side for side in SIDES if side not in state.today]
    breaker = missing[0] if len(missing) == 1 else None
    count = state.current_day
    broken = replace(
        state, breaker=breaker, broken_on=state.day, broken_count=count, closed_on=None, earlier=state.breaks
    )
    if breaker is None or state.current_day == 0:
        return _reset(broken)
    return _next_day(replace(broken, status=PAYMENT_WINDOW))


def _pass_window(state: State, excused: Excused) -> State:
    """The day for making up is over; where it is excused the next one is for it. Both there: it counts once saved."""
    held = replace(state, broken_count=min(_MOST, state.broken_count + (len(state.today) == 2)))
    return _next_day(held) if excused(state.day) else _reset(replace(held, closed_on=state.day))


def _merge(breaks: tuple[Break, ...], excused: Excused) -> tuple[tuple[Break, ...], int]:
    """The breaks that stand, each with what the excused ones before it took; and what those after the last took."""
    standing: list[Break] = []
    carried = 0
    for one in breaks:
        count = min(_MOST, one.took + carried)
        if one.is_no_fault(excused):
            carried = count
        else:
            standing.append(one._replace(took=count))
            carried = 0
    return tuple(standing), carried


def _restore(state: State, now: datetime) -> Path:
    """The count that the last break took is there again; where a new cycle runs already its days are added."""
    whole, count = _without_last(state), state.broken_count
    if state.status == PAYMENT_WINDOW:
        return _go_on(replace(whole, status=ACTIVE, current_day=count), now)
    if state.status == RESET:
        today = days.local_date(state.timezone, now)
        return _go_on(replace(whole, status=ACTIVE, day=today, current_day=count), now)
    return [replace(whole, current_day=min(_MOST, count + state.current_day))]


def _without_last(state: State) -> State:
    """The last break is undone; the one before it, if any, is the last again."""
    if not state.earlier:
        return replace(state, breaker=None, broken_on=None, broken_count=0, closed_on=None)
    *earlier, (on, closed_on, count) = state.earlier
    return replace(state, breaker=None, broken_on=on, broken_count=count, closed_on=closed_on, earlier=tuple(earlier))


def _reset(state: State) -> State:
    return replace(_next_day(state), status=RESET, current_day=0, due_at=None)


def _next_day(state: State) -> State:
    day = days.following(state.timezone, state.day)
    return replace(state, day=day, due_at=days.ends(state.timezone, day))


def _begin_again(state: State) -> State:
    over = days.ends(state.timezone, state.day)
    return replace(state, status=ACTIVE, cycle=state.cycle + 1, current_day=1, breaker=None, due_at=over)


def _go_on(state: State, now: datetime) -> Path:
    """Active again first, and then what the check-ins of the day make of it."""
    state = replace(state, due_at=days.ends(state.timezone, state.day))
    settled = settle(state, now)
    return [state] if settled == state else [state, settled]


def _complete_day(state: State, over: datetime) -> State:
    count = state.current_day + 1
    if count == DAYS:
        return replace(state, status=COMPLETED, current_day=count, due_at=None)
    return replace(state, status=ACTIVE, current_day=count, due_at=over)
