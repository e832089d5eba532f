"""The moves of a streak: that every one the table allows happens, and no other; and each rule beside its refusal."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from streaks.engine import days, states
from streaks.engine.states import Break, State
from streaks.enums import RUNNING, STREAK_TRANSITIONS, StreakStatus
from tests.streaks.builders import FIRST, FORMED, ZONE, at

NEVER = lambda day: False  # noqa: E731
ALWAYS = lambda day: True  # noqa: E731


def standing(status="active", day=3, count=2, low=None, high=None, **fields):
    """A streak on its third day; `low` and `high` are the days they checked in on last."""
    on = {n: FIRST + timedelta(days=n - 1) for n in range(1, 30)}
    made = State(
        timezone=ZONE,
        status=status,
        started_on=FIRST,
        day=on[day],
        due_at=None,
        current_day=count,
        low_on=on.get(low),
        high_on=on.get(high),
        **fields,
    )
    if status not in RUNNING:
        return made
    early = status == "active" and len(made.today) == 1
    return replace(made, due_at=(days.cutoff if early else days.ends)(ZONE, made.day))


def window(**fields):
    return standing("payment_window", 4, breaker="high", broken_on=FIRST + timedelta(days=2), broken_count=2, **fields)


def reset(**fields):
    return standing("reset", 5, 0, broken_on=FIRST + timedelta(days=2), broken_count=2, **fields)


def through(path):
    return [state.status for state in path]


def test_the_engine_knows_the_states_of_the_database():
    named = {states.ACTIVE, states.AT_RISK, states.PAYMENT_WINDOW, states.RESET, states.COMPLETED, states.TERMINATED}
    assert named == set(StreakStatus.values)


def test_no_status_is_left_out_of_the_table():
    assert set(STREAK_TRANSITIONS) == set(StreakStatus)


WALKED = [
    (standing(low=3), lambda s: states.walk(s, NEVER, at(3, 20)), ["at_risk"]),
    (standing(low=3), lambda s: states.check_in(s, "high", at(3, 19)), ["active"]),
    (standing(), lambda s: states.check_in(s, "low", at(3, 20)), ["at_risk"]),
    (standing(), lambda s: states.check_in(s, "low", at(3, 19.9)), ["active"]),
    (standing(), lambda s: states.walk(s, NEVER, at(4, 0)), ["reset"]),
    (standing(), lambda s: states.walk(s, ALWAYS, at(4, 0)), ["active"]),
    (standing(low=3, high=3), lambda s: states.walk(s, NEVER, at(4, 0)), ["active"]),
    (standing("at_risk", low=3), lambda s: states.check_in(s, "high", at(3, 23)), ["active"]),
    (standing("at_risk", low=3), lambda s: states.walk(s, NEVER, at(4, 0)), ["payment_window"]),
    (standing("at_risk", low=3), lambda s: states.walk(s, ALWAYS, at(4, 0)), ["active"]),
    (standing("at_risk", 1, 0, low=1), lambda s: states.walk(s, NEVER, at(2, 0)), ["reset"]),
    (standing(count=14, low=3), lambda s: states.check_in(s, "high", at(3, 19)), ["completed"]),
    (standing("at_risk", count=14, low=3), lambda s: states.check_in(s, "high", at(3, 23)), ["completed"]),
    (window(), lambda s: states.recover(s, at(4)), ["active"]),
    (window(low=4), lambda s: states.recover(s, at(4, 21)), ["active", "at_risk"]),
    (window(low=4, high=4), lambda s: states.recover(s, at(4)), ["active", "active"]),
    (window(), lambda s: states.mend(s, ALWAYS, at(4)), ["active"]),
    (window(), lambda s: states.walk(s, NEVER, at(5, 0)), ["reset"]),
    (window(), lambda s: states.walk(s, ALWAYS, at(5, 0)), ["payment_window"]),
    (window(), lambda s: states.check_in(s, "low", at(4)), ["payment_window"]),
    (reset(), lambda s: states.check_in(s, "low", at(9)), ["reset"]),
    (reset(low=9), lambda s: states.check_in(s, "high", at(9)), ["active"]),
    (reset(), lambda s: states.mend(s, ALWAYS, at(9)), ["active"]),
    (standing(low=3), lambda s: states.walk(s, NEVER, at(9)), ["at_risk", "payment_window", "reset"]),
    (standing("completed", count=15), lambda s: states.walk(s, NEVER, at(9)), []),
]


@pytest.mark.parametrize("before, move, path", WALKED)
def test_a_move_leads_where_the_rules_say(before, move, path):
    assert through(move(before)) == path


def test_every_move_of_the_table_happens_here_or_by_a_person_who_ends_it():
    made = set()
    for before, move, _ in WALKED:
        status = before.status
        for state in move(before):
            made.add((status, state.status))
            status = state.status
    allowed = {(str(one), str(other)) for one, after in STREAK_TRANSITIONS.items() for other in after}
    assert {(one, other) for one, other in made if one != other} == {
        (one, other) for one, other in allowed if other != "terminated"
    }


def test_day_one_begins_at_the_next_midnight_there():
    first = states.start("Pacific/Kiritimati", datetime(2026, 3, 2, 9, 59, tzinfo=UTC))
    assert (first.day, first.due_at) == (date(2026, 3, 3), datetime(2026, 3, 3, 10, tzinfo=UTC))


def test_nothing_moves_before_its_time():
    first = states.start(ZONE, FORMED)
    assert states.walk(first, NEVER, first.due_at - timedelta(microseconds=1)) == []


def test_the_breaker_is_the_one_who_missed():
    assert states.walk(standing("at_risk", low=3), NEVER, at(4, 0))[-1].breaker == "high"
    assert states.walk(standing("at_risk", high=3), NEVER, at(4, 0))[-1].breaker == "low"


def test_a_day_both_missed_has_no_breaker():
    assert states.walk(standing(), NEVER, at(4, 0))[-1].breaker is None


def test_a_recovered_day_does_not_count_and_the_next_one_does():
    assert states.recover(window(), at(4))[-1].current_day == 2
    assert states.recover(window(low=4, high=4), at(4))[-1].current_day == 3


def test_an_excused_day_does_not_count_unless_both_were_there():
    assert states.walk(standing(low=3), ALWAYS, at(4, 0))[-1].current_day == 2
    assert states.walk(standing(count=3, low=3, high=3), ALWAYS, at(4, 0))[-1].current_day == 3


def test_a_reset_that_was_no_fault_of_theirs_gives_the_count_back():
    mended = states.mend(reset(), ALWAYS, at(9))[-1]
    assert (mended.current_day, mended.day, mended.broken_on) == (2, FIRST + timedelta(days=8), None)


def test_mending_after_a_new_cycle_began_adds_up_but_never_completes():
    going = standing(count=5, broken_on=FIRST, broken_count=4)
    assert states.mend(going, ALWAYS, at(3))[-1].current_day == 9
    assert states.mend(replace(going, broken_count=14), ALWAYS, at(3))[-1].current_day == 14


def test_a_day_both_spent_in_a_window_that_we_kept_open_counts_once_it_is_recovered():
    longer = states.walk(window(low=4, high=4), ALWAYS, at(5, 0))[-1]
    assert (longer.current_day, states.recover(longer, at(5))[-1].current_day) == (2, 3)


def test_a_day_that_is_excused_gives_to_the_one_that_broke_it_after():
    """Nine days, lost to us; two more, lost by one of the two, who may still save all of them."""
    before = Break(FIRST - timedelta(days=1), None, 9)
    mended = states.mend(window(earlier=(before,)), lambda day: day == before.on, at(4))[-1]
    assert (mended.status, mended.current_day, mended.broken_count, mended.earlier) == ("payment_window", 11, 11, ())


def test_a_recovered_day_leaves_what_broke_it_before():
    before = Break(FIRST - timedelta(days=1), None, 9)
    again = states.recover(window(earlier=(before,)), at(4))[-1]
    assert (again.current_day, again.breaks) == (2, (before,))


def test_a_new_cycle_begins_with_the_day_that_both_are_back():
    again = states.check_in(reset(low=9), "high", at(9))[-1]
    assert (again.cycle, again.current_day, again.breaker) == (2, 1, None)
