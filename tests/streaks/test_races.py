"""Check-ins, recoveries, ends and the rollover at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from config.errors import DomainError
from streaks.models import CheckIn
from streaks.services import recoveries, rollover
from tests.streaks.builders import FORMED, ZONE, at, both, check_in, end, person, stored, streak
from tests.streaks.kinds import expected, seen
from tests.streaks.oracle import Story
from tests.streaks.paying import nudge

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """What came of each: True, or the code it was refused with."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            act()
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_both_at_once_complete_the_day():
    made = streak()
    assert together(*(lambda who=who: check_in(made, who, at(1)) for who in ("low", "high"))) == [True, True]
    assert stored(made).current_day == 1


def test_one_person_eight_times_at_once_is_once():
    made = streak()
    came = together(*[lambda: check_in(made, "low", at(1))] * 8)
    assert sorted(map(str, came)) == ["True", *["already_checked_in"] * 7]
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize("turn", range(6))
def test_check_ins_at_midnight_are_on_time_or_refused(turn):
    made = streak()
    both(made, 1)
    midnight = at(3, 0)
    moment = midnight - timedelta(milliseconds=1)
    sides = ("low", "high") if turn % 2 else ("high", "low")
    acts = [lambda who=who: check_in(made, who, moment) for who in sides]
    came = together(*acts, lambda: rollover.roll_over(now=midnight), lambda: rollover.roll_over(now=midnight))
    story = Story(ZONE, FORMED)
    story.log = [(at(1), "check_in", who) for who in ("low", "high")]
    story.log += [(moment, "check_in", who) for who, done in zip(sides, came[:2], strict=True) if done is True]
    assert {*came} <= {True, "day_over"}
    rollover.roll_over(now=midnight)
    assert seen(stored(made)) == expected(story, midnight)


def test_a_partner_who_ends_it_meanwhile_has_the_last_word():
    made = streak()
    came = together(lambda: check_in(made, "low", at(1)), lambda: end(made, "high", at(1)))
    assert came[1] is True
    assert came[0] in (True, "streak_ended")
    assert stored(made).status == "terminated"


def test_recovering_twice_at_once_is_once():
    made = streak()
    both(made, 1)
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(3, 0))

    def recover():
        with transaction.atomic():
            recoveries.recover(streak_id=made.id, by=person(made, "high"), now=at(3))

    came = together(*[recover] * 4)
    assert sorted(map(str, came)) == ["True", *["nothing_to_recover"] * 3]


def test_nudges_at_once_are_no_more_than_allowed(settings):
    settings.NUDGES = {"free": 2, "plus": 2, "pro": 2}
    made = streak()
    check_in(made, "low", at(1, 21))
    came = together(*[lambda: nudge(made, now=at(1, 22))] * 6)
    assert sorted(map(str, came)) == ["True", "True", *["nudges_used"] * 4]
