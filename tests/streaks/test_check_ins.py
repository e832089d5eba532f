"""Checking in: once a day, on time, and what comes of it."""

import pytest
from django.db import DatabaseError, transaction

from chat.models import Conversation
from config.db import new_id
from config.errors import NotYours, WrongState
from connect.models import Disclosure
from safety.enums import BlockSource
from safety.services import blocks
from streaks.models import CheckIn, Streak
from streaks.services import check_ins, recoveries
from tests.factories import UserFactory
from tests.streaks.builders import FORMED, at, both, check_in, end, person, stored, streak

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return streak()


def refused(code, act):
    with pytest.raises(WrongState) as caught:
        act()
    assert caught.value.code == code


def test_both_in_one_day_count_it(made):
    both(made, 1)
    assert (stored(made).current_day, stored(made).status) == (1, "active")


def test_one_alone_does_not(made):
    check_in(made, "low", at(1))
    assert stored(made).current_day == 0


def test_a_check_in_keeps_what_was_said(made):
    check_in(made, "low", at(1))
    kept = CheckIn.objects.get()
    assert (kept.user_id, kept.local_date, kept.cycle, kept.effort_signal, kept.checked_in_at) == (
        made.user_low_id,
        made.started_on,
        1,
        "steady",
        at(1),
    )


def test_a_second_one_that_day_is_refused(made):
    check_in(made, "low", at(1))
    refused("already_checked_in", lambda: check_in(made, "low", at(1, 23)))
    assert CheckIn.objects.count() == 1


def test_before_the_first_midnight_there_is_nothing_to_check_in_on(made):
    refused("streak_not_started", lambda: check_in(made, "low", FORMED))


def test_a_day_that_is_over_takes_none(made):
    both(made, 1)
    check_in(made, "low", at(2, 0))
    refused("day_over", lambda: check_in(made, "high", at(1, 23.9)))


def test_after_the_cut_off_one_alone_puts_the_day_at_risk(made):
    assert check_in(made, "low", at(1, 20)).status == "at_risk"


def test_somebody_elses_streak_is_not_to_be_found(made):
    with pytest.raises(NotYours):
        check_ins.check_in(streak_id=made.id, by=UserFactory().id, effort_signal="steady", now=at(1))
    with pytest.raises(NotYours):
        check_ins.check_in(streak_id=new_id(), by=made.user_low_id, effort_signal="steady", now=at(1))


def test_who_comes_late_finds_the_day_lost(made):
    both(made, 1)
    check_in(made, "low", at(2))
    assert check_in(made, "high", at(3, 1)).status == "payment_window"


def test_what_is_checked_in_while_the_window_is_open_counts_if_it_is_recovered(made):
    both(made, 1)
    check_in(made, "low", at(2))
    both(made, 3)
    assert stored(made).current_day == 1
    assert recoveries.recover(streak_id=made.id, by=made.user_high_id, now=at(3, 22)).current_day == 2


def test_and_does_not_if_it_is_not(made):
    both(made, 1)
    check_in(made, "low", at(2))
    both(made, 3)
    assert check_in(made, "low", at(4)).current_day == 0
    assert stored(made).status == "reset"


def test_both_together_begin_a_new_cycle(made):
    both(made, 4)
    assert (stored(made).status, stored(made).cycle, stored(made).current_day) == ("active", 2, 1)
    assert set(CheckIn.objects.values_list("cycle", flat=True)) == {2}


def test_on_the_first_day_a_miss_resets_and_never_asks_for_money(made):
    check_in(made, "low", at(1))
    assert check_in(made, "low", at(2)).status == "reset"


# The fifteenth day.


def talk_of(made):
    return Conversation.objects.get(connection=made.connection_id)


def test_fourteen_days_show_nobody(made):
    both(made, *range(1, 15))
    assert not Disclosure.objects.exists()
    assert talk_of(made).state == "locked"


def test_the_fifteenth_shows_both_and_opens_their_conversation(made):
    both(made, *range(1, 16))
    assert (stored(made).status, stored(made).completed_at) == ("completed", at(15))
    shown = Disclosure.objects.live().values_list("viewer", "subject", "level", "source", "source_id")
    low, high = made.user_low_id, made.user_high_id
    assert set(shown) == {(one, other, "identity", "milestone", made.id) for one, other in [(low, high), (high, low)]}
    assert talk_of(made).state == "revealed"


def test_a_complete_streak_takes_no_more(made):
    both(made, *range(1, 16))
    refused("streak_completed", lambda: check_in(made, "low", at(16)))


# The end.


def test_who_ended_it_checks_in_no_more(made):
    end(made, "low", at(1))
    refused("streak_ended", lambda: check_in(made, "high", at(1)))


def test_a_block_that_has_not_parted_them_yet_ends_it_too(made):
    blocks.Block.objects.create(blocker_id=made.user_high_id, blocked_id=made.user_low_id, source=BlockSource.MANUAL)
    refused("streak_ended", lambda: check_in(made, "low", at(1)))


def test_a_block_ends_a_streak(made):
    blocks.block(by=made.user_low_id, other=made.user_high_id, source=BlockSource.MANUAL, now=at(1))
    assert (stored(made).status, stored(made).ended_at) == ("terminated", at(1))


# Recovery.


def broken(made):
    both(made, 1)
    check_in(made, "low", at(2))
    return made


def test_the_breaker_saves_the_count(made):
    recovered = recoveries.recover(streak_id=broken(made).id, by=made.user_high_id, now=at(3, 23.9))
    assert (recovered.status, recovered.current_day, recovered.breaker_id) == ("active", 1, None)


def test_nobody_else_does(made):
    refused("not_the_breaker", lambda: recoveries.recover(streak_id=broken(made).id, by=made.user_low_id, now=at(3)))


def test_nor_after_the_next_day(made):
    late = {"streak_id": broken(made).id, "by": made.user_high_id, "now": at(4, 0)}
    refused("nothing_to_recover", lambda: recoveries.recover(**late))


def test_recovering_twice_is_refused(made):
    recoveries.recover(streak_id=broken(made).id, by=made.user_high_id, now=at(3))
    refused("nothing_to_recover", lambda: recoveries.recover(streak_id=made.id, by=made.user_high_id, now=at(3)))


# What PostgreSQL refuses.


def breaks(name, **changes):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Streak.objects.update(**changes)


def test_the_database_refuses_what_no_streak_may_be(made):
    breaks("streak_completed_at_the_last_day", current_day=15)
    breaks("streak_completed_at_the_last_day", status="completed", completed_at=at(1), due_at=None)
    breaks("streak_breaker_while_broken", breaker_id=made.user_low_id)
    breaks("streak_window_has_something_to_save|streak_breaker_while_broken", status="payment_window")
    breaks("streak_at_risk_for_one", status="at_risk")
    breaks("streak_reset_starts_over", status="reset", due_at=None)
    breaks("streak_due_while_running", due_at=None)
    breaks("streak_counts", cycle=0)


def test_the_database_refuses_a_move_that_is_none(made):
    end(made, "low", at(1))
    breaks("streak_status", status="active", ended_at=None, due_at=at(1))


def test_a_check_in_is_never_changed_nor_taken_back(made):
    check_in(made, "low", at(1))
    for act in (lambda: CheckIn.objects.update(effort_signal="light"), lambda: CheckIn.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_a_connection_has_one_open_streak(made):
    again = {"connection_id": made.connection_id, "started_on": made.started_on, "day": made.day, "due_at": at(1)}
    with pytest.raises(DatabaseError, match="streak_one_open"), transaction.atomic():
        Streak.objects.create(user_low_id=made.user_low_id, user_high_id=made.user_high_id, timezone="UTC", **again)


def test_a_zone_changed_on_file_leaves_a_running_streak_as_it_is(made):
    for who in (made.user_low, made.user_high):
        who.timezone = "Pacific/Kiritimati"
        who.save()
    assert check_in(made, "low", at(1, 23)).timezone == "Europe/Berlin"
    assert person(made, "low") == made.user_low_id
