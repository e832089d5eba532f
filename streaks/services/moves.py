"""Bringing a stored streak from one state to the next, with what each move brings about."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from chat.services import conversations
from connect.enums import DisclosureLevel, DisclosureSource
from connect.services import disclosures
from streaks.engine import states
from streaks.engine.states import Break, State
from streaks.enums import StreakStatus
from streaks.models import Streak
from streaks.services import excuses, reveals

_MOVED = [
    *("status", "day", "due_at", "current_day", "cycle", "low_on", "high_on"),
    *("breaker", "broken_on", "broken_count", "closed_on", "earlier", "notice_due_at", "completed_at"),
]


def state_of(streak: Streak) -> State:
    """Where a streak stands, as the engine knows it."""
    breaker: states.Side | None = None
    if streak.breaker_id is not None:
        breaker = "low" if streak.breaker_id == streak.user_low_id else "high"
    return State(
        timezone=streak.timezone,
        status=streak.status,
        started_on=streak.started_on,
        day=streak.day,
        due_at=streak.due_at,
        current_day=streak.current_day,
        cycle=streak.cycle,
        low_on=streak.low_on,
        high_on=streak.high_on,
        breaker=breaker,
        broken_on=streak.broken_on,
        broken_count=streak.broken_count,
        closed_on=streak.closed_on,
        earlier=tuple(_read(*each) for each in streak.earlier),
    )


def catch_up(streak: Streak, now: datetime) -> None:
    """Do what the clock has not done yet to a locked streak. Needs the service role."""
    if streak.due_at is not None and streak.due_at <= now:
        write(streak, states.walk(state_of(streak), excuses.known().excused_in(streak.timezone), now), now)


def write(streak: Streak, path: Iterable[State], now: datetime) -> None:
    """Take a locked streak through states, each in a statement of its own: PostgreSQL looks at every move.

    A day that is completed earns reveals; one that completes the streak shows the two to each other. Needs the service
    role.
    """
    before = streak.current_day
    for state in path:
        place(streak, state, now)
        streak.save(update_fields=_MOVED)
    if streak.current_day > before:
        reveals.earn(streak, now)
    if streak.status == StreakStatus.COMPLETED:
        _show(streak, now)


def place(streak: Streak, state: State, now: datetime) -> None:
    """Set the fields of a streak to a state, and whether somebody is to be told: of a window each day it is open."""
    before, streak.status = streak.status, state.status
    if before != state.status or (before == StreakStatus.PAYMENT_WINDOW and streak.day != state.day):
        over = (before, state.status) == (StreakStatus.AT_RISK, StreakStatus.ACTIVE)
        streak.notice_due_at = None if over else now
    streak.day, streak.due_at = state.day, state.due_at
    streak.current_day, streak.cycle = state.current_day, state.cycle
    streak.low_on, streak.high_on = state.low_on, state.high_on
    people = {"low": streak.user_low_id, "high": streak.user_high_id, None: None}
    streak.breaker_id = people[state.breaker]
    streak.broken_on, streak.broken_count = state.broken_on, state.broken_count
    streak.closed_on, streak.earlier = state.closed_on, [_written(each) for each in state.earlier]
    streak.completed_at = now if state.status == StreakStatus.COMPLETED else None


def _read(on: str, closed_on: str | None, took: int) -> Break:
    return Break(date.fromisoformat(on), date.fromisoformat(closed_on) if closed_on else None, took)


def _written(each: Break) -> list[Any]:
    return [each.on.isoformat(), each.closed_on.isoformat() if each.closed_on else None, each.took]


def _show(streak: Streak, now: datetime) -> None:
    disclosures.grant_mutual(
        first=streak.user_low_id,
        second=streak.user_high_id,
        level=DisclosureLevel.IDENTITY,
        source=DisclosureSource.MILESTONE,
        source_id=streak.id,
        now=now,
    )
    conversations.unlock(connection=streak.connection, now=now)
