"""Nudges beyond those of the tier, and what becomes of what was paid for them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.errors import CapacityReached, WrongState
from connect.enums import PaymentStatus
from connect.models import CreditEntry, Notification, Payment
from connect.services import payment_jobs, payment_states, payments
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import acting_as, as_service
from streaks import timeline
from streaks.models import Nudge, NudgePayment
from streaks.services import nudge_payments
from tests.connect.books import states
from tests.streaks.builders import at, both, check_in, end, late, streak
from tests.streaks.paying import balance, give, nudge, settle, tier

pytestmark = pytest.mark.django_db
EVENING = at(2, 22)
LATER = at(2, 23)


@pytest.fixture
def made():
    """A day at risk because of "high"; "low" has used the one nudge there is."""
    made = streak()
    both(made, 1)
    check_in(made, "low", at(2))
    nudge(made)
    return made


def refused(error, code, act):
    with pytest.raises(error) as caught:
        act()
    assert caught.value.code == code
    return caught.value.details


def buy(made, pay_with="money", now=EVENING):
    return nudge(made, pay_with=pay_with, now=now)


def fail(made, now=EVENING):
    with transaction.atomic(), as_service():
        for payment in Payment.objects.filter(nudge__streak=made, nudge__status="pending"):
            payment_states.move(payment_states.lock(payment.id), PaymentStatus.FAILED, reference="", now=now)


def test_the_refusal_says_what_one_more_costs(made):
    more = refused(CapacityReached, "nudges_used", lambda: nudge(made))
    assert more == {"for_sale": 3, "price": 99, "currency": "eur"}


def test_money_sends_one_more_once_it_is_settled(made):
    asked = buy(made)
    assert (asked.status, asked.pay_with, asked.number, Nudge.objects.count()) == ("pending", "money", None, 1)
    settle(LATER)
    bought = NudgePayment.objects.get()
    assert (bought.status, bought.number, bought.payment.subject_id) == ("sent", 2, bought.id)
    assert Notification.objects.filter(user=made.user_high, type="nudge").count() == 2


def test_credits_send_it_at_once(made):
    give(made, "low")
    asked = buy(made, "credits")
    assert (asked.status, asked.number, asked.sent_at, balance(made, "low")) == ("sent", 2, EVENING, 901)


def test_credits_that_do_not_suffice_change_nothing(made):
    give(made, "low", 98)
    refused(WrongState, "credits_insufficient", lambda: buy(made, "credits"))
    assert (NudgePayment.objects.count(), balance(made, "low")) == (0, 98)


def test_what_the_tier_gives_is_used_first(made):
    tier(made, "low", "plus")
    asked = buy(made)
    assert (asked.pay_with, asked.number, asked.payment_id) == ("free", 2, None)
    assert not Payment.objects.exists()


def test_what_was_bought_is_not_counted_as_the_tiers(made):
    buy(made)
    settle(EVENING)
    tier(made, "low", "plus")
    assert nudge(made).pay_with == "free"


def test_asking_again_finds_the_same_payment(made):
    assert buy(made).payment_id == buy(made).payment_id
    assert Payment.objects.count() == 1


def test_credits_do_not_pay_what_money_is_paying(made):
    give(made, "low")
    buy(made)
    refused(WrongState, "payment_pending", lambda: buy(made, "credits"))


def test_so_many_are_sold_a_day(made, settings):
    settings.NUDGES_SOLD = 2
    give(made, "low")
    assert [buy(made, "credits").number for _ in range(2)] == [2, 3]
    for way in ("credits", "money"):
        refused(CapacityReached, "nudges_sold_out", lambda way=way: buy(made, way))
    assert balance(made, "low") == 802
    check_in(made, "high", LATER)
    check_in(made, "low", at(3))
    nudge(made, now=at(3, 21))
    assert buy(made, "credits", at(3, 21)).number == 2


def test_there_must_be_somebody_to_remind(made):
    check_in(made, "high", EVENING)
    refused(WrongState, "nobody_to_nudge", lambda: buy(made, now=LATER))
    assert not Payment.objects.exists()


def checked_in(made):
    check_in(made, "high", LATER)


def ended(made):
    end(made, "high", LATER)


def blocked(made):
    Block.objects.create(blocker_id=made.user_high_id, blocked_id=made.user_low_id, source=BlockSource.MANUAL)


@pytest.mark.parametrize(
    "meanwhile, when",
    [(checked_in, LATER), (ended, LATER), (blocked, LATER), (lambda made: None, at(3, 1))],
    ids=["checked in", "ended", "blocked", "over"],
)
def test_a_payment_that_comes_too_late_becomes_credits(made, meanwhile, when):
    buy(made)
    meanwhile(made)
    settle(when)
    assert (NudgePayment.objects.get().status, balance(made, "low"), Nudge.objects.count()) == ("credited", 99, 1)
    told = Notification.objects.filter(user=made.user_low, type="credits_granted")
    assert [note.related_id for note in told] == [Payment.objects.get().id]


def test_a_late_payment_does_not_remind_on_another_day(made):
    buy(made)
    check_in(made, "high", LATER)
    check_in(made, "low", at(3))
    settle(at(3, 21))
    assert (NudgePayment.objects.get().status, Nudge.objects.filter(local_date=at(3).date()).count()) == ("credited", 0)


def test_of_two_that_are_paid_after_all_no_more_are_sent_than_sold(made, settings):
    settings.NUDGES_SOLD = 1
    buy(made)
    fail(made)
    buy(made)
    settle(EVENING)
    assert states(Payment.objects.earliest("id")) == ["pending", "failed", "settled"]
    assert {bought.status for bought in NudgePayment.objects.all()} == {"sent", "credited"}
    assert balance(made, "low") == 99


def test_the_job_writes_down_what_failed(made):
    buy(made)
    nudge_payments.fail_unpaid(now=EVENING)
    assert NudgePayment.objects.get().status == "pending"
    fail(made)
    nudge_payments.fail_unpaid(now=EVENING)
    assert NudgePayment.objects.get().status == "failed"


def test_a_payment_told_of_twice_reminds_once(made):
    buy(made)
    settle(EVENING)
    nudge_payments.settled(payment=Payment.objects.get(), now=EVENING)
    assert (Nudge.objects.count(), CreditEntry.objects.exists()) == (2, False)


def test_a_refund_leaves_what_was_sent(made):
    buy(made)
    settle(EVENING)
    payments.refund(payment_id=Payment.objects.get().id, by=None, now=EVENING)
    payment_jobs.process_due(now=LATER)
    assert (Payment.objects.get().status, NudgePayment.objects.get().status) == ("refunded", "sent")
    assert Nudge.objects.count() == 2


def test_what_became_credits_is_not_given_back_as_well(made):
    buy(made)
    settle(at(3, 1))
    give_back = Payment.objects.get().id
    refused(WrongState, "already_credited", lambda: payments.refund(payment_id=give_back, by=None, now=at(3, 1)))


def test_the_other_does_not_see_that_it_was_paid_for(made):
    buy(made)
    with transaction.atomic(), acting_as(made.user_high_id):
        assert not NudgePayment.objects.exists()
    with transaction.atomic(), acting_as(made.user_low_id):
        assert NudgePayment.objects.exists()


def test_postgresql_keeps_one_payment_under_way(made):
    buy(made)
    with pytest.raises(IntegrityError, match="nudge_payment_one_pending"), transaction.atomic():
        NudgePayment.objects.create(streak=made, sender=made.user_low, day=at(2).date(), pay_with="money")


def test_the_timeline_tells_of_it(made):
    buy(made)
    settle(LATER)
    what = [entry.what for entry in timeline.of(made)]
    assert "asked for one more nudge on 2026-03-04, money" in what
    assert "one more nudge on 2026-03-04, money: sent" in what


# Over HTTP.


@pytest.fixture
def late_now(db):
    """A day at risk, now, and who may remind."""
    now = timezone.now()
    made = streak(now=now - timedelta(days=1))
    late(made, now)
    return made


def test_one_buys_over_http(late_now, api):
    client, path = api(late_now.user_low), f"/api/streaks/{late_now.id}/nudge"
    assert client.post(path, {}).json()["pay_with"] == "free"
    answer = client.post(path, {})
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]["price"]) == (409, "nudges_used", 99)
    answer = client.post(path, {"pay_with": "money"})
    assert (answer.status_code, answer.json()["status"], answer.json()["sent_at"]) == (201, "pending", None)
    assert client.get("/api/billing/payments").json()["results"][0]["id"] == answer.json()["payment_id"]


@pytest.mark.parametrize("sent, code", [({"pay_with": "free"}, "invalid_choice"), ({"number": 1}, "unknown_field")])
def test_what_is_no_way_to_pay_is_refused(late_now, api, sent, code):
    answer = api(late_now.user_low).post(f"/api/streaks/{late_now.id}/nudge", sent)
    assert answer.status_code == 400
    assert code in str(answer.json())
    assert not Nudge.objects.exists()


def test_the_same_key_buys_once(late_now, api):
    client, path = api(late_now.user_low), f"/api/streaks/{late_now.id}/nudge"
    client.post(path, {})
    answers = [client.post(path, {"pay_with": "money"}, key="one").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Payment.objects.count() == 1
