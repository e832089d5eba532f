"""Who is told what of a streak, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from config.errors import CapacityReached, WrongState
from connect.models import Notification, Profile
from safety.enums import BlockSource
from safety.services import blocks
from streaks.models import Nudge, Outage
from streaks.services import notices, outages, recoveries, rollover
from tests.streaks.builders import at, both, check_in, end, stored, streak
from tests.streaks.paying import nudge

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """A streak after its first day."""
    made = streak()
    both(made, 1)
    return made


def told(made, now):
    """What is told by now, by side."""
    notices.send_due(now=now)
    sides = {made.user_low_id: "low", made.user_high_id: "high"}
    notes = Notification.objects.filter(related_id=made.id).order_by("id")
    said = sorted((sides[note.user_id], note.type) for note in notes)
    notes.delete()
    return said


def test_the_one_who_is_late_hears_that_the_day_is_at_risk(made):
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(2, 20))
    assert told(made, at(2, 20)) == [("high", "streak_at_risk")]


def test_nobody_hears_it_when_it_is_over_already(made):
    check_in(made, "low", at(2, 21))
    check_in(made, "high", at(2, 22))
    assert told(made, at(2, 23)) == []


def test_both_hear_of_the_window_the_reset_and_the_recovery(made):
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(3, 0))
    assert told(made, at(3, 0)) == [("high", "recovery_open"), ("low", "recovery_open")]
    recoveries.recover(streak_id=made.id, by=made.user_high_id, now=at(3))
    assert told(made, at(3)) == [("high", "streak_goes_on"), ("low", "streak_goes_on")]
    rollover.roll_over(now=at(4, 0))
    assert told(made, at(4, 0)) == [("high", "streak_reset"), ("low", "streak_reset")]


def test_both_hear_of_the_last_day(made):
    both(made, *range(2, 16))
    heard = ("reveal_unlocked", "streak_completed")
    assert told(made, at(15)) == [(side, note) for side in ("high", "low") for note in heard]


def test_nothing_is_told_twice(made):
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(2, 20))
    assert told(made, at(2, 20)) != []
    assert told(made, at(2, 21)) == []


@pytest.mark.parametrize("how", ["ended", "blocked", "erased"])
def test_nobody_hears_of_an_end_whatever_it_was(made, how):
    check_in(made, "low", at(2, 21))
    if how == "blocked":
        blocks.block(by=made.user_low_id, other=made.user_high_id, source=BlockSource.PANIC_EXIT, now=at(2, 22))
        blocks.part_due(now=at(2, 22))
    else:
        end(made, "low", at(2, 22), reason=how)
    assert (stored(made).status, told(made, at(2, 22))) == ("terminated", [])


def test_two_who_are_apart_hear_nothing_even_before_they_are_parted(made):
    check_in(made, "low", at(2, 21))
    blocks.Block.objects.create(blocker_id=made.user_low_id, blocked_id=made.user_high_id, source=BlockSource.MANUAL)
    assert told(made, at(2, 22)) == []


def test_everybody_reads_it_in_their_own_language(made):
    Profile.objects.create(user=made.user_high, nickname="Otter", name="O", birth_date="1990-01-02", languages=["de"])
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(2, 20))
    notices.send_due(now=at(2, 20))
    assert Notification.objects.get().title == "Der heutige Tag ist in Gefahr"


# Nudges.


def at_risk(made):
    check_in(made, "low", at(2, 21))
    return made


@pytest.mark.parametrize("tier, allowed", [("free", 1), ("plus", 2), ("pro", 3)])
def test_a_tier_gives_so_many_nudges_a_day_at_risk(tier, allowed):
    made = streak(tier=tier)
    check_in(made, "low", at(1, 21))
    for number in range(1, allowed + 1):
        assert nudge(made, "low", now=at(1, 22)).number == number
    with pytest.raises(CapacityReached, match="used your nudges"):
        nudge(made, "low", now=at(1, 23))
    assert Nudge.objects.count() == allowed


def test_another_day_at_risk_gives_them_anew(made):
    nudge(at_risk(made), "low", now=at(2, 22))
    check_in(made, "high", at(2, 23))
    check_in(made, "low", at(3, 21))
    assert nudge(made, "low", now=at(3, 22)).number == 1


def test_only_who_is_late_is_nudged(made):
    with pytest.raises(WrongState, match="nobody to remind"):
        nudge(at_risk(made), "high", now=at(2, 22))


def test_nobody_is_nudged_before_the_day_is_at_risk(made):
    check_in(made, "low", at(2, 12))
    with pytest.raises(WrongState, match="nobody to remind"):
        nudge(made, "low", now=at(2, 19))


# Outages.


def test_an_outage_on_record_later_gives_everybody_their_count_back():
    reset, window = streak(), streak()
    for one in (reset, window):
        both(one, 1)
    check_in(window, "low", at(2))
    rollover.roll_over(now=at(3, 1))
    assert (stored(reset).status, stored(window).status) == ("reset", "payment_window")
    outages.record(starts_at=at(2, 18), ends_at=at(2, 19), note="", by=None, now=at(3, 2))
    assert outages.mend_due(now=at(3, 2)) == 2
    for one in (reset, window):
        assert (stored(one).status, stored(one).current_day, stored(one).breaker_id) == ("active", 1, None)


def test_mending_twice_is_once():
    made = streak()
    both(made, 1)
    rollover.roll_over(now=at(3, 1))
    outages.record(starts_at=at(2, 18), ends_at=at(2, 19), note="", by=None, now=at(3, 2))
    assert (outages.mend_due(now=at(3, 2)), outages.mend_due(now=at(3, 2))) == (1, 0)


def test_an_outage_of_another_day_mends_nothing():
    made = streak()
    both(made, 1)
    rollover.roll_over(now=at(3, 1))
    outages.record(starts_at=at(1, 18), ends_at=at(1, 19), note="", by=None, now=at(3, 2))
    assert (outages.mend_due(now=at(3, 2)), stored(made).status) == (0, "reset")


def down(day, now):
    """An outage of an hour on a day of the streak, on record from then on; how many streaks it mends."""
    outages.record(starts_at=at(day, 10), ends_at=at(day, 11), note="", by=None, now=now)
    return outages.mend_due(now=now)


@pytest.fixture
def window(made):
    """On the third day the one who missed the second may make up for it."""
    check_in(made, "low", at(2))
    rollover.roll_over(now=at(3, 1))
    return made


def test_a_day_for_making_up_on_which_we_were_down_is_followed_by_another(window):
    assert down(3, at(3, 12)) == 0
    rollover.roll_over(now=at(4, 0))
    assert (stored(window).status, stored(window).due_at) == ("payment_window", at(5, 0))
    rollover.roll_over(now=at(5, 0))
    assert (outages.mend_due(now=at(5, 0)), stored(window).status) == (0, "reset")


@pytest.mark.parametrize(
    "come_to_it", [lambda made: rollover.roll_over(now=at(4, 1)), lambda made: check_in(made, "low", at(4, 1))]
)
def test_both_hear_again_of_a_window_that_stays_open(window, come_to_it):
    told(window, at(3, 2))
    down(3, at(3, 12))
    come_to_it(window)
    assert told(window, at(4, 2)) == [("high", "recovery_open"), ("low", "recovery_open")]


def test_a_day_for_making_up_on_which_we_were_down_is_mended_once_it_is_over(window):
    rollover.roll_over(now=at(4, 1))
    assert stored(window).status == "reset"
    assert down(3, at(4, 2)) == 1
    assert (stored(window).status, stored(window).current_day) == ("active", 1)


def test_what_an_outage_took_is_there_to_be_saved_when_a_day_broke_it_since(made):
    rollover.roll_over(now=at(3, 1))
    both(made, 3)
    check_in(made, "low", at(4))
    rollover.roll_over(now=at(5, 1))
    assert down(2, at(5, 2)) == 1
    assert (stored(made).status, stored(made).current_day) == ("payment_window", 2)


def test_outages_are_mended_in_whatever_order_they_come_on_record(made):
    rollover.roll_over(now=at(3, 1))
    both(made, 3)
    rollover.roll_over(now=at(5, 1))
    assert (down(4, at(5, 2)), down(2, at(5, 2))) == (1, 1)
    assert (stored(made).status, stored(made).current_day, stored(made).earlier) == ("active", 2, [])


def test_what_was_lost_by_a_miss_since_stays_lost(made):
    rollover.roll_over(now=at(3, 1))
    both(made, 3)
    rollover.roll_over(now=at(5, 1))
    down(2, at(5, 2))
    assert (stored(made).status, stored(made).current_day, stored(made).broken_count) == ("reset", 0, 2)


@pytest.fixture
def broken(made):
    """A streak that a day broke which an outage on record touches."""
    rollover.roll_over(now=at(3, 1))
    outages.record(starts_at=at(2, 18), ends_at=at(2, 19), note="", by=None, now=at(3, 2))
    return made


@pytest.mark.parametrize("year", [1, 9999])
def test_an_outage_at_the_end_of_time_keeps_none_from_being_mended(broken, year):
    starts_at = at(2).replace(year=year, month=1 if year == 1 else 12, day=1 if year == 1 else 30)
    strange = Outage.objects.create(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), due_at=at(3, 1))
    assert (outages.mend_due(now=at(3, 2)), stored(broken).status) == (1, "active")
    strange.refresh_from_db()
    assert strange.due_at is None


def test_an_outage_that_cannot_be_mended_stops_no_other(broken, monkeypatch):
    bad = Outage.objects.create(starts_at=at(1), ends_at=at(1, 13), due_at=at(3, 1))
    find = outages._broken

    def failing(calendar):
        if (bad.starts_at, bad.ends_at) in calendar.spans:
            raise RuntimeError("a row of nonsense")
        return find(calendar)

    monkeypatch.setattr(outages, "_broken", failing)
    assert (outages.mend_due(now=at(3, 2)), stored(broken).status) == (1, "active")
    bad.refresh_from_db()
    assert bad.due_at == at(3, 1)


def test_the_database_holds_no_outage_longer_than_the_longest():
    with pytest.raises(IntegrityError, match="outage_is_short"):
        Outage.objects.create(starts_at=at(1), ends_at=at(4, 13))
