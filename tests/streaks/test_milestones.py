"""Reveals: earned by one's own tier, bought by oneself, and never changed by the other."""

from collections import defaultdict

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import NotYours, WrongState
from connect.models import Consent, Disclosure, Notification, Payment
from streaks.models import MilestoneReveal, RevealJob, RevealMilestone
from streaks.services import contents, purchases
from tests.factories import UserFactory
from tests.streaks.builders import at, both, check_in, end, person, stored, streak
from tests.streaks.paying import balance, give, purchase, rise, settle, tells, tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("milestones")]
DAYS = {"free": (4, 8, 11, 13, 15), "plus": (3, 6, 9, 12, 15), "pro": (2, 5, 8, 11, 15)}


@pytest.fixture
def made():
    made = streak()
    tells(made, "high")
    return made


def has(made, side):
    own = MilestoneReveal.objects.filter(streak=made, user=person(made, side))
    return dict(own.values_list("number", "status"))


def refused(code, act):
    with pytest.raises(WrongState) as caught:
        act()
    assert caught.value.code == code


@pytest.mark.parametrize("name", DAYS)
def test_each_is_earned_on_the_day_of_ones_tier(made, name):
    tier(made, "low", name)
    earned = {}
    for day in range(1, 16):
        both(made, day)
        for number in has(made, "low"):
            earned.setdefault(number, day)
    assert tuple(earned[number] for number in sorted(earned)) == DAYS[name]


def test_one_check_in_alone_earns_nothing(made):
    tier(made, "low", "pro")
    both(made, 1)
    check_in(made, "low", at(2))
    assert has(made, "low") == {}


def test_a_reset_takes_nothing_back_and_earns_nothing_twice(made):
    tier(made, "low", "pro")
    both(made, 1, 2)
    both(made, 5, 6)
    assert (stored(made).current_day, stored(made).cycle) == (2, 2)
    assert has(made, "low") == {1: "earned"}
    assert RevealJob.objects.count() == 1


def test_a_higher_tier_earns_at_once_what_its_days_give(made):
    both(made, 1, 2)
    rise(made, "low", "pro", at(2, 13))
    assert has(made, "low") == {1: "earned"}


def test_a_higher_tier_earns_nothing_of_who_has_parted(made):
    both(made, 1, 2)
    end(made, "high", at(2, 13))
    rise(made, "low", "pro", at(2, 14))
    assert has(made, "low") == {}


def test_the_last_opens_for_both_with_the_streak_and_with_who_they_are(made):
    both(made, *range(1, 16))
    assert {has(made, side)[5] for side in ("low", "high")} == {"unlocked"}
    assert Disclosure.objects.filter(source="milestone", level="identity").count() == 2


def test_postgresql_opens_the_last_in_a_complete_streak_alone(made):
    last = MilestoneReveal.objects.create(streak=made, user_id=person(made, "low"), number=5)
    with pytest.raises(DatabaseError, match="demands more"), transaction.atomic():
        MilestoneReveal.objects.filter(id=last.id).update(status="earned")
    both(made, *range(1, 16))
    last.refresh_from_db()
    assert last.status == "unlocked"


def test_postgresql_knows_five_and_each_once(made):
    fields = {"streak": made, "user_id": person(made, "low")}
    for number in (0, 6):
        with pytest.raises(IntegrityError), transaction.atomic():
            MilestoneReveal.objects.create(**fields, number=number)
    MilestoneReveal.objects.create(**fields, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MilestoneReveal.objects.create(**fields, number=1)


@pytest.mark.parametrize("change", [{"day_required": 14}, {"purchasable": True}, {"number": 4}])
def test_postgresql_keeps_the_last_on_the_last_day(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        RevealMilestone.objects.filter(tier="free", number=5).update(**change)


@pytest.mark.parametrize("day", [0, 15])
def test_postgresql_keeps_the_others_before_it(day):
    with pytest.raises(IntegrityError), transaction.atomic():
        RevealMilestone.objects.filter(tier="free", number=1).update(day_required=day)


# Buying.


def test_a_reveal_is_purchased_once_it_is_paid(made):
    payment = purchase(made)
    assert has(made, "low") == {1: "locked"}
    settle(at(2))
    assert has(made, "low") == {1: "purchased"}
    assert (MilestoneReveal.objects.get().payment_id, payment.amount) == (payment.id, 299)


def test_credits_buy_one_at_once(made):
    give(made, "low")
    purchase(made, pay_with="credits")
    assert (has(made, "low"), balance(made, "low")) == ({1: "purchased"}, 701)


def test_asking_again_while_it_is_paid_finds_the_same_payment(made):
    assert purchase(made).id == purchase(made).id


def test_a_payment_told_of_twice_opens_one(made):
    payment = purchase(made)
    settle(at(2))
    purchases.settled(payment=payment, now=at(2))
    assert (RevealJob.objects.count(), balance(made, "low")) == (1, 0)


def test_what_one_has_is_not_for_sale_again(made):
    purchase(made)
    settle(at(2))
    refused("already_revealed", lambda: purchase(made))
    assert Payment.objects.count() == 1


def test_the_last_is_not_for_sale(made):
    refused("not_for_sale", lambda: purchase(made, number=5))


def test_what_staff_took_off_sale_is_not(made):
    RevealMilestone.objects.filter(tier="free", number=2).update(purchasable=False)
    refused("not_for_sale", lambda: purchase(made, number=2))


def test_what_one_has_earned_is_not_sold(made):
    both(made, 1, 2)
    RevealMilestone.objects.filter(tier="free", number=1).update(day_required=2)
    refused("not_for_sale", lambda: purchase(made))


def test_what_tells_nothing_is_not_sold(made):
    Consent.objects.all().delete()
    refused("nothing_to_tell", lambda: purchase(made))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("number", [0, 6])
def test_there_are_five(made, number):
    with pytest.raises(NotYours):
        purchase(made, number=number)


def test_credits_that_do_not_suffice_buy_nothing(made):
    refused("credits_insufficient", lambda: purchase(made, pay_with="credits"))
    assert has(made, "low") == {}


def test_credits_do_not_buy_what_money_is_paying(made):
    give(made, "low")
    purchase(made)
    refused("payment_pending", lambda: purchase(made, pay_with="credits"))


def test_nothing_is_for_sale_in_a_streak_that_is_over(made):
    end(made, "high", at(1))
    refused("streak_ended", lambda: purchase(made))


def test_somebody_elses_is_not_to_be_found(made):
    with pytest.raises(NotYours):
        purchases.purchase(streak_id=made.id, by=UserFactory().id, number=1, pay_with="money", now=at(2))


def test_what_was_earned_meanwhile_becomes_credits(made):
    purchase(made, now=at(1))
    both(made, 1, 2, 3, 4)
    settle(at(4, 13))
    assert (has(made, "low"), balance(made, "low")) == ({1: "earned"}, 299)
    assert Notification.objects.filter(type="credits_granted", user=person(made, "low")).exists()


def test_what_is_paid_after_the_end_becomes_credits(made):
    purchase(made)
    end(made, "high", at(2, 13))
    settle(at(2, 14))
    assert (has(made, "low"), balance(made, "low")) == ({1: "locked"}, 299)


# Each side's is its own, whatever the other's tier and purchases.

ACTS = st.lists(
    st.tuples(st.sampled_from(["buy", "plus", "pro", "free"]), st.integers(1, 5), st.integers(1, 6)), max_size=6
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_nothing_the_other_does_changes_what_one_sees_or_when(acts):
    assert _seen_by_low(acts) == _seen_by_low([])


def _seen_by_low(acts):
    """What "low" has of their reveals after each day, while "high" does these things."""
    with transaction.atomic():
        made, seen, by_day = streak(), [], defaultdict(list)
        tells(made, "low", "high")
        for what, number, day in acts:
            by_day[day].append((what, number))
        for day in range(1, 7):
            both(made, day)
            for what, number in by_day[day]:
                _do(made, what, number, at(day, 13))
            contents.write_due(now=at(day, 14))
            seen.append(has(made, "low"))
        transaction.set_rollback(True)
    return seen


def _do(made, what, number, now):
    if what != "buy":
        tier(made, "high", what)
        return
    try:
        purchase(made, "high", number, now=now)
    except WrongState:
        return
    settle(now)
