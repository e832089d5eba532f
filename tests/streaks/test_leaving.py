"""What stays of a streak when its people are erased."""

import pytest
from django.conf import settings

from connect.enums import UserStatus
from connect.models import AccountDeletion, User
from connect.services import erasures
from streaks.models import CheckIn, Nudge, NudgePayment, Streak
from tests.streaks.builders import at, check_in, person, stored, streak
from tests.streaks.paying import broken, nudge, recover, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """A broken streak: "low" checked in twice, "high" once."""
    return broken()


def leave(made, side, asked_at):
    leaver = person(made, side)
    User.objects.filter(id=leaver).update(status=UserStatus.DELETION_PENDING)
    AccountDeletion.objects.create(user_id=leaver, due_at=asked_at + settings.DELETION_DELAY)
    erasures.erase_due(now=asked_at + settings.DELETION_DELAY)


def rows(**narrower):
    found = CheckIn.objects.filter(**narrower).order_by("local_date")
    return list(found.values_list("local_date", "effort_signal", "checked_in_at", "cycle"))


def test_the_days_of_who_leaves_stay_under_an_id_that_stands_for_nobody(made):
    leaver, stays = made.user_high_id, made.user_low_id
    theirs, others = rows(user=leaver), rows(user=stays)
    leave(made, "high", at(3))
    (tombstone,) = set(CheckIn.objects.exclude(user=stays).values_list("user", flat=True))
    assert (tombstone == leaver, User.objects.get(id=tombstone).status) == (False, UserStatus.DELETED)
    assert (rows(user=tombstone), rows(user=stays)) == (theirs, others)
    assert tombstone in {stored(made).user_low_id, stored(made).user_high_id}
    assert not User.objects.filter(id=leaver).exists()


def test_with_the_other_the_last_of_them_goes(made):
    leave(made, "high", at(3))
    left = Streak.objects.get(id=made.id)
    leave(left, "low" if left.user_low_id == made.user_low_id else "high", at(20))
    assert not CheckIn.objects.exists()
    assert not Streak.objects.exists()


def test_nobody_is_left_to_make_up_for_a_day(made):
    recover(made)
    leave(made, "high", at(3))
    assert (stored(made).status, stored(made).breaker_id) == ("terminated", None)


def test_bought_nudges_go_with_who_bought_them():
    made = streak()
    check_in(made, "low", at(1, 21))
    for pay_with in (None, "money"):
        nudge(made, pay_with=pay_with, now=at(1, 22))
    settle(at(1, 22))
    leave(made, "high", at(2))
    assert (Nudge.objects.count(), NudgePayment.objects.get().number) == (0, 2)
    leave(stored(made), "low" if stored(made).user_low_id == made.user_low_id else "high", at(20))
    assert not NudgePayment.objects.exists()
