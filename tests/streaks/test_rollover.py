"""The rollover's statements make of every streak what the rules told day by day make of it."""

from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from safety.models import AuditLog
from streaks.engine import states
from streaks.models import Streak
from streaks.services import excuses, moves, outages, rollover
from tests.streaks.builders import at, both, check_in, stored, streak
from tests.streaks.kinds import differences, everybody, moment

pytestmark = pytest.mark.django_db

ZONES = ["Europe/Berlin", "Etc/GMT-14", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Africa/Cairo"]
# A plain day; the ends of winter time in Berlin, New York and Cairo, and the end of summer time.
DAYS = [
    date(2026, 5, 20),
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 3, 7),
    date(2026, 4, 23),
    date(2026, 10, 24),
]


LATE = [timedelta(0), timedelta(minutes=5), timedelta(hours=9), timedelta(days=2)]


@pytest.mark.parametrize("last, late", list(zip(DAYS, [*LATE, *LATE[:2]], strict=True)))
def test_a_rollover_equals_the_oracle_in_every_zone(last, late):
    made = everybody(ZONES, last)
    for zone in sorted(ZONES, key=lambda zone: moment(zone, last, time(0))):
        now = moment(zone, last + timedelta(days=1), time(0)) + late
        rollover.roll_over(now=now)
        over = [each for each in made if each.story.clock(now).date() > last]
        assert over
        assert differences(over, now) == []


def test_a_second_run_finds_nothing_to_do():
    everybody(ZONES[:2], DAYS[0])
    now = moment(ZONES[0], DAYS[0] + timedelta(days=1), time(3))
    assert rollover.roll_over(now=now) > 0
    before = list(Streak.objects.order_by("id").values())
    assert rollover.roll_over(now=now) == 0
    assert list(Streak.objects.order_by("id").values()) == before


def test_the_size_of_a_batch_makes_no_difference():
    made = everybody(ZONES[:2], DAYS[0])
    now = moment(ZONES[0], DAYS[0] + timedelta(days=3), time(3))
    for batch in (1, 2, 5, 1000):
        with transaction.atomic():
            rollover.roll_over(now=now, batch=batch)
            assert differences(made, now) == [], batch
            transaction.set_rollback(True)


def test_a_late_one_walks_through_every_state_and_each_is_on_record():
    made = streak()
    both(made, 1)
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(9))
    walked = AuditLog.objects.filter(entity_id=made.id, action="transition").order_by("created_at", "id")
    assert [entry.data["to"] for entry in walked] == ["active", "at_risk", "payment_window", "reset"]


def test_a_day_that_passes_in_peace_is_nothing_to_tell():
    made = streak()
    both(made, 1)
    rollover.roll_over(now=at(2, 0))
    assert (stored(made).day, stored(made).notice_due_at) == (at(2).date(), None)


def test_a_day_that_breaks_is():
    made = streak()
    both(made, 1)
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(3, 0))
    assert stored(made).notice_due_at == at(3, 0)


def test_a_day_of_an_outage_passes():
    made = streak()
    both(made, 1)
    outages.record(starts_at=at(2, 10), ends_at=at(2, 11), note="", by=None, now=at(2, 12))
    rollover.roll_over(now=at(3, 0))
    assert (stored(made).status, stored(made).current_day) == ("active", 1)


def test_a_rollover_writes_what_the_engine_and_the_oracle_say_of_a_day_of_an_outage():
    zone, last = ZONES[0], DAYS[0]
    made = everybody([zone], last)
    span, said = (moment(zone, last, time(9)), moment(zone, last, time(9, 5))), moment(zone, last, time(14))
    outages.record(starts_at=span[0], ends_at=span[1], note="", by=None, now=said)
    for each in made:
        each.story.log.append((said, "outage", span))
    now = moment(zone, last + timedelta(days=1), time(0))
    assert_as_the_engine(now)
    assert differences(made, now) == []


def test_a_rollover_writes_what_the_engine_says_column_by_column():
    everybody(ZONES[:1], DAYS[0])
    assert_as_the_engine(moment(ZONES[0], DAYS[0] + timedelta(days=1), time(0)))


def assert_as_the_engine(now):
    calendar = excuses.known()
    before = [(row.id, moves.state_of(row)) for row in Streak.objects.due(now)]
    assert before
    walked = {id: states.walk(state, calendar.excused_in(state.timezone), now)[-1] for id, state in before}
    rollover.roll_over(now=now)
    assert {row.id: moves.state_of(row) for row in Streak.objects.filter(id__in=walked)} == walked


def test_due_rows_are_taken_in_a_constant_number_of_statements():
    everybody(ZONES, DAYS[0])
    now = moment("Etc/GMT+12", DAYS[0] + timedelta(days=1), time(0))
    rollover.roll_over(now=now - timedelta(hours=30))

    with CaptureQueriesContext(connection) as seen:
        rollover.roll_over(now=now)
    assert sum("UPDATE streaks_streak" in query["sql"] for query in seen.captured_queries) <= 3
