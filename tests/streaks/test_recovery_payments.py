"""What a recovery costs, and what becomes of what was paid for it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from config.errors import CapacityReached, NotYours, WrongState
from connect.enums import PaymentStatus
from connect.models import CreditEntry, Notification, Payment
from connect.services import payment_jobs, payment_states, payments
from safety.roles import as_service
from streaks.models import CreditProtection, RecoveryPayment, Streak
from streaks.services import outages, recovery_payments
from tests.connect.books import states
from tests.factories import UserFactory
from tests.streaks.builders import at, check_in, end, person, stored
from tests.streaks.paying import AFTER, IN_WINDOW, balance, broken, give, recover, settle, tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return broken()


def refused(error, code, act):
    with pytest.raises(error) as caught:
        act()
    assert caught.value.code == code


def fail(payment, now=IN_WINDOW):
    with transaction.atomic(), as_service():
        payment_states.move(payment_states.lock(payment.id), PaymentStatus.FAILED, reference="", now=now)


def test_money_recovers_once_it_is_settled(made):
    asked = recover(made)
    assert (asked.pay_with, asked.status, stored(made).status) == ("money", "pending", "payment_window")
    settle()
    asked.refresh_from_db()
    assert (asked.status, stored(made).status, stored(made).current_day) == ("recovered", "active", 1)
    assert asked.payment.subject_id == asked.id


def test_asking_again_finds_the_same_payment(made):
    assert recover(made).id == recover(made).id
    settle()
    assert (Payment.objects.count(), RecoveryPayment.objects.count()) == (1, 1)


def test_after_the_recovery_there_is_nothing_to_recover(made):
    recover(made)
    settle()
    refused(WrongState, "nothing_to_recover", lambda: recover(made))


def test_a_payment_told_of_twice_recovers_once(made):
    asked = recover(made)
    settle()
    recovery_payments.settled(payment=asked.payment, now=IN_WINDOW)
    assert CreditProtection.objects.count() == 1
    assert not CreditEntry.objects.exists()


def test_credits_recover_at_once(made):
    give(made, "high")
    asked = recover(made, pay_with="credits")
    assert (asked.status, stored(made).status, balance(made)) == ("recovered", "active", 801)
    assert asked.payment.provider == "credits"


def test_credits_that_do_not_suffice_change_nothing(made):
    give(made, "high", 198)
    refused(WrongState, "credits_insufficient", lambda: recover(made, pay_with="credits"))
    assert (RecoveryPayment.objects.count(), balance(made)) == (0, 198)


def test_credits_do_not_pay_what_money_is_paying(made):
    give(made, "high")
    recover(made)
    refused(WrongState, "payment_pending", lambda: recover(made, pay_with="credits"))


def test_a_free_one_is_taken_first_whatever_is_asked_for(made):
    tier(made, "high", "plus")
    asked = recover(made, pay_with="money")
    assert (asked.pay_with, asked.status, asked.payment, stored(made).status) == ("free", "recovered", None, "active")
    assert not CreditProtection.objects.exists()


@pytest.mark.parametrize("name, allowed", [("free", 0), ("plus", 1), ("pro", 2)])
def test_free_recoveries_of_a_connection_go_by_tier(made, name, allowed):
    tier(made, "high", name)
    taken = 0
    for day in range(3, 9, 2):
        asked = recover(made, now=at(day))
        taken += asked.pay_with == "free"
        settle(at(day))
        for side in ("low", "high"):
            check_in(made, side, at(day, 13))
        check_in(made, "low", at(day + 1))
    assert taken == allowed


def test_a_free_one_that_came_with_a_tier_does_not_wait_for_money(made):
    recover(made)
    tier(made, "high", "plus")
    assert (recover(made).status, stored(made).status) == ("recovered", "active")
    settle()
    assert {(one.pay_with, one.status) for one in RecoveryPayment.objects.all()} == {
        ("free", "recovered"),
        ("money", "credited"),
    }
    assert balance(made) == 199


def test_a_free_one_that_is_used_up_is_refused(made):
    refused(CapacityReached, "free_recoveries_used", lambda: recover(made, pay_with="free"))
    assert not RecoveryPayment.objects.exists()


def test_only_who_missed_the_day_can_recover(made):
    refused(WrongState, "not_the_breaker", lambda: recover(made, "low"))
    assert not Payment.objects.exists()


def test_outside_of_the_window_there_is_nothing_to_recover(made):
    refused(WrongState, "nothing_to_recover", lambda: recover(made, now=at(2, 13)))
    refused(WrongState, "nothing_to_recover", lambda: recover(made, now=AFTER))


def test_an_ended_streak_is_not_recovered(made):
    end(made, "low", at(3, 1))
    refused(WrongState, "streak_ended", lambda: recover(made))


def test_somebody_elses_is_not_to_be_found(made):
    with pytest.raises(NotYours), transaction.atomic():
        recovery_payments.recover(streak_id=made.id, by=UserFactory().id, pay_with=None, now=IN_WINDOW)


def test_a_payment_that_comes_too_late_becomes_credits(made):
    asked = recover(made)
    settle(AFTER)
    asked.refresh_from_db()
    assert (asked.status, stored(made).status, balance(made)) == ("credited", "reset", 199)
    told = Notification.objects.get(type="credits_granted")
    assert (told.user_id, told.related_id) == (person(made, "high"), asked.payment_id)


def test_a_payment_for_a_streak_that_ended_becomes_credits(made):
    recover(made)
    end(made, "low", at(3, 13))
    settle(at(3, 14))
    assert (balance(made), CreditProtection.objects.count()) == (199, 0)


def test_a_late_payment_does_not_recover_another_day(made):
    first = recover(made)
    check_in(made, "low", at(4))
    check_in(made, "high", at(4))
    check_in(made, "low", at(5))
    settle(at(6))
    first.refresh_from_db()
    assert (first.status, stored(made).status) == ("credited", "payment_window")


def test_a_failed_payment_makes_room_for_another(made):
    first = recover(made)
    fail(first.payment)
    second = recover(made)
    first.refresh_from_db()
    assert (first.status, second.id != first.id) == ("failed", True)


def test_the_job_writes_down_what_failed(made):
    first = recover(made)
    recovery_payments.fail_unpaid(now=IN_WINDOW)
    first.refresh_from_db()
    assert first.status == "pending"
    fail(first.payment)
    recovery_payments.fail_unpaid(now=IN_WINDOW)
    first.refresh_from_db()
    assert first.status == "failed"


def test_of_two_that_are_paid_after_all_one_recovers_and_one_becomes_credits(made):
    first = recover(made)
    fail(first.payment)
    second = recover(made)
    settle()
    assert states(first.payment) == ["pending", "failed", "settled"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert ({first.status, second.status}, balance(made)) == ({"recovered", "credited"}, 199)


def test_what_became_credits_is_not_given_back_as_well(made):
    asked = recover(made)
    settle(AFTER)
    refused(WrongState, "already_credited", lambda: payments.refund(payment_id=asked.payment_id, by=None, now=AFTER))


# A day that was lost to an outage, as it turns out after it was recovered.


def excuse(day=2, now=AFTER):
    outages.record(starts_at=at(day, 18), ends_at=at(day, 19), note="", by=None, now=now)
    return outages.mend_due(now=now)


@pytest.fixture
def paid(made):
    asked = recover(made)
    settle()
    return asked


def test_what_a_recovery_cost_that_was_not_needed_becomes_credits(made, paid):
    assert excuse() == 1
    paid.refresh_from_db()
    assert (paid.status, balance(made), stored(made).current_day) == ("excused", 199, 1)
    assert Notification.objects.filter(type="credits_granted", user=paid.breaker).count() == 1


def test_a_streak_that_cannot_be_mended_keeps_no_money_back(made, paid, monkeypatch):
    broken()
    monkeypatch.setattr(outages, "_mend", lambda *row: 1 / 0)
    excuse()
    paid.refresh_from_db()
    assert paid.status == "excused"


def test_it_becomes_credits_once(made, paid):
    assert (excuse(), outages.mend_due(now=AFTER)) == (1, 0)
    end(made, "low", AFTER)
    assert (CreditProtection.objects.get().status, balance(made)) == ("converted", 199)


def test_a_recovery_of_another_day_stays_paid(made, paid):
    assert (excuse(day=1), balance(made)) == (0, 0)


def test_what_is_being_given_back_does_not_become_credits_as_well(made, paid):
    payments.refund(payment_id=paid.payment_id, by=None, now=AFTER)
    assert (excuse(), balance(made)) == (1, 0)


def test_a_free_one_that_was_not_needed_can_be_used_again(made):
    tier(made, "high", "plus")
    recover(made)
    excuse(now=at(3, 13))
    for side in ("low", "high"):
        check_in(made, side, at(3, 14))
    check_in(made, "low", at(4))
    assert recover(made, now=at(5)).pay_with == "free"


def test_postgresql_keeps_one_recovery_a_day(made):
    fields = {"streak": made, "breaker_id": person(made, "high"), "day": at(2).date(), "pay_with": "free"}
    RecoveryPayment.objects.create(**fields, status="pending")
    RecoveryPayment.objects.update(status="recovered")
    second = RecoveryPayment.objects.create(**fields, status="pending")
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryPayment.objects.filter(id=second.id).update(status="recovered")


def test_the_window_counts_by_the_moment_it_is_settled(made):
    recover(made, now=at(3, 23.9))
    payment_jobs.process_due(now=at(4, 0) - timedelta(seconds=1))
    assert stored(made).status == "active"


def test_postgresql_keeps_who_missed_the_day_while_it_can_be_saved(made):
    recover(made)
    with pytest.raises(IntegrityError, match="streak_breaker_while_broken"), transaction.atomic():
        Streak.objects.filter(id=made.id).update(breaker=None)
    assert Streak.objects.filter(id=made.id).update(breaker=made.user_low) == 1
