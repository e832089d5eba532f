"""Payments, ends and reveals at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction

from connect.models import CreditEntry, Payment
from connect.services import payment_jobs, payments
from streaks.models import CreditProtection, MilestoneReveal, Nudge, NudgePayment, RecoveryPayment, RevealContent
from streaks.services import contents, protections, rollover
from tests.connect.overlap import until_somebody_waits
from tests.streaks.builders import at, both, check_in, end, stored, streak
from tests.streaks.paying import (
    IN_WINDOW,
    balance,
    broken,
    converted,
    give,
    nudge,
    purchase,
    recover,
    settle,
    tells,
    tier,
)
from tests.streaks.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("milestones")]


def test_six_taps_with_money_are_one_payment():
    made = broken()
    assert together(*[lambda: recover(made)] * 6) == [True] * 6
    settle()
    assert (Payment.objects.count(), RecoveryPayment.objects.get().status) == (1, "recovered")


def test_six_taps_with_credits_are_one_charge():
    made = broken()
    give(made, "high")
    came = together(*[lambda: recover(made, pay_with="credits")] * 6)
    assert sorted(map(str, came)) == ["True", *["nothing_to_recover"] * 5]
    assert balance(made) == 801


def test_six_taps_for_a_free_one_use_one():
    made = broken()
    tier(made, "high", "pro")
    came = together(*[lambda: recover(made)] * 6)
    assert came.count(True) == 1
    assert RecoveryPayment.objects.count() == 1


def test_workers_settle_it_once():
    made = broken()
    recover(made)
    together(*[lambda: payment_jobs.process_due(now=IN_WINDOW)] * 4)
    assert (CreditProtection.objects.count(), CreditEntry.objects.count()) == (1, 0)
    assert stored(made).status == "active"


@pytest.mark.parametrize("turn", range(3))
def test_a_payment_meets_the_end_of_the_window(turn):
    made = broken()
    asked = recover(made)
    midnight = at(4, 0)
    together(
        lambda: payment_jobs.process_due(now=midnight - timedelta(seconds=1)),
        lambda: rollover.roll_over(now=midnight),
    )
    asked.refresh_from_db()
    saved = asked.status == "recovered"
    assert (saved, CreditProtection.objects.exists(), balance(made)) in [(True, True, 0), (False, False, 199)]


@pytest.mark.parametrize("turn", range(3))
def test_a_payment_meets_the_other_who_leaves(turn):
    """Whoever comes first, who paid has their credits."""
    made = broken()
    recover(made)
    together(
        lambda: payment_jobs.process_due(now=IN_WINDOW), lambda: end(made, "low", IN_WINDOW + timedelta(minutes=1))
    )
    assert (stored(made).status, balance(made)) == ("terminated", 199)


def test_the_end_and_the_job_convert_once():
    made = broken()
    recover(made)
    settle()
    over = CreditProtection.objects.get().ends_at
    together(
        lambda: end(made, "low", over - timedelta(seconds=1)),
        *[lambda: protections.decide_due(now=over)] * 3,
    )
    protection = CreditProtection.objects.get()
    assert converted(made).count() == (protection.status == "converted")
    assert protection.status in {"converted", "lapsed"}


def test_a_payment_given_back_meets_the_end_that_decides_its_protection(monkeypatch):
    made = broken()
    give(made, "high", 199)
    recover(made, pay_with="credits")
    protection = CreditProtection.objects.get()
    refunded, left = protections.refunded, []

    def refunded_when_the_end_waits(**of):
        left.append(other.submit(together, lambda: end(made, "low", IN_WINDOW + timedelta(minutes=1))))
        until_somebody_waits()
        refunded(**of)

    monkeypatch.setattr(protections, "refunded", refunded_when_the_end_waits)
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        payments.refund(payment_id=protection.payment_id, by=None, now=IN_WINDOW)
    protection.refresh_from_db()
    assert (left[0].result(), protection.status, balance(made)) == ([True], "lapsed", 199)


def test_six_taps_buy_no_more_nudges_than_are_sold(settings):
    settings.NUDGES_SOLD = 2
    made = streak()
    check_in(made, "low", at(1, 21))
    give(made, "low")
    came = together(*[lambda: nudge(made, pay_with="credits", now=at(1, 22))] * 6)
    assert sorted(map(str, came)) == [*["True"] * 3, *["nudges_sold_out"] * 3]
    assert (balance(made, "low"), Nudge.objects.count()) == (802, 3)


def test_a_nudge_that_is_paid_meets_the_one_it_reminds():
    made = streak()
    check_in(made, "low", at(1, 21))
    for pay_with in (None, "money"):
        nudge(made, pay_with=pay_with, now=at(1, 22))
    together(lambda: payment_jobs.process_due(now=at(1, 22)), lambda: check_in(made, "high", at(1, 22)))
    bought = NudgePayment.objects.get()
    assert (bought.status, Nudge.objects.count(), balance(made, "low")) in [("sent", 2, 0), ("credited", 1, 99)]


def test_six_taps_buy_a_reveal_once():
    made = streak()
    tells(made, "high")
    give(made, "low")
    came = together(*[lambda: purchase(made, pay_with="credits")] * 6)
    assert sorted(map(str, came)) == ["True", *["already_revealed"] * 5]
    assert balance(made, "low") == 701


def test_who_buys_while_it_is_earned_has_it_once_and_pays_for_it_or_not():
    made = streak()
    tells(made, "high")
    tier(made, "low", "pro")
    both(made, 1)
    check_in(made, "high", at(2))
    give(made, "low")
    came = together(lambda: check_in(made, "low", at(2)), lambda: purchase(made, pay_with="credits", now=at(2)))
    reveal = MilestoneReveal.objects.get()
    assert (came[1], reveal.status, balance(made, "low")) in [
        (True, "purchased", 701),
        ("already_revealed", "earned", 1000),
    ]


def test_workers_write_it_once():
    made = streak()
    tells(made, "high")
    purchase(made)
    settle(at(2))
    together(*[lambda: contents.write_due(now=at(2))] * 4)
    assert RevealContent.objects.count() == 1
