"""Paying for single things: with money through the embedded provider, and with credits."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from config.errors import Forbidden, Invalid, NotYours, WrongState
from connect.enums import CreditReason, Item, PaidBy, PaymentStatus
from connect.models import CreditEntry, Notification, Payment, PaymentJob, PaymentState
from connect.services import credits, payment_jobs, payment_states, payments
from connect.signals import payment_settled
from safety.models import AuditLog, TrustScore
from tests.connect.books import begin, give, states
from tests.factories import UserFactory


def with_credits(payer, now, item=Item.NUDGE, subject=None):
    return payments.pay_with_credits(user_id=payer.id, item=item, subject_id=subject or uuid4(), now=now)


@pytest.fixture
def settled(payer, now):
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    return payment


def test_a_payment_begins_pending_with_something_to_ask(payer, now):
    payment = begin(payer, now)
    assert (payment.status, payment.amount, payment.currency) == (PaymentStatus.PENDING, 199, "eur")
    assert PaymentJob.objects.get().payment_id == payment.id


def test_the_sandbox_settles_it_at_once_and_those_above_hear_of_it(payer, heard, now):
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    assert states(payment) == ["pending", "settled"]
    assert heard == [("settled", payment.id)]
    assert not PaymentJob.objects.exists()


def test_a_payment_that_cannot_be_delivered_keeps_no_other_waiting(payer, now):
    cursed, sound = begin(payer, now), begin(payer, now + timedelta(seconds=1))

    def fails(payment, **kwargs):
        if payment.id == cursed.id:
            raise RuntimeError("nobody can deliver this")

    payment_settled.connect(fails)
    payment_jobs.process_due(now=now + timedelta(seconds=1))
    payment_settled.disconnect(fails)
    assert (states(cursed), states(sound)) == (["pending"], ["pending", "settled"])
    job = PaymentJob.objects.get()
    assert (job.payment_id, job.claimed_until, job.due_at > now) == (cursed.id, None, True)
    assert job.reference


def test_no_payment_moves_how_far_anybody_is_trusted(settled):
    assert states(settled) == ["pending", "settled"]
    assert not TrustScore.objects.exists()


def test_the_same_thing_is_begun_once_while_it_is_pending(payer, now):
    subject = uuid4()
    assert begin(payer, now, subject=subject).id == begin(payer, now, subject=subject).id
    assert begin(payer, now).id != begin(payer, now, subject=subject).id


def test_what_was_settled_may_be_bought_again(payer, now):
    subject = uuid4()
    first = begin(payer, now, subject=subject)
    payment_jobs.process_due(now=now)
    assert begin(payer, now, subject=subject).id != first.id


def test_a_subscription_is_no_single_thing(payer, now):
    with pytest.raises(Invalid) as refused:
        begin(payer, now, item=Item.SUBSCRIPTION)
    assert refused.value.code == "not_sold_singly"


def test_credits_pay_at_once(payer, heard, now):
    give(payer, 100, now)
    payment = with_credits(payer, now)
    assert (states(payment), payment.provider) == (["pending", "settled"], PaidBy.CREDITS)
    assert credits.balance(payer.id, "eur") == 1
    assert heard == [("settled", payment.id)]


def test_credits_that_do_not_suffice_change_nothing(payer, heard, now):
    give(payer, 98, now)
    with pytest.raises(WrongState) as refused, transaction.atomic():
        with_credits(payer, now)
    assert refused.value.code == "credits_insufficient"
    assert (credits.balance(payer.id, "eur"), Payment.objects.count(), heard) == (98, 0, [])


def test_credits_do_not_pay_what_is_being_paid_with_money(payer, now):
    give(payer, 1000, now)
    subject = uuid4()
    begin(payer, now, item=Item.NUDGE, subject=subject)
    with pytest.raises(WrongState) as refused:
        with_credits(payer, now, subject=subject)
    assert refused.value.code == "payment_pending"


def test_credits_never_pay_a_subscription(payer, now):
    give(payer, 10_000, now)
    with pytest.raises(Invalid):
        with_credits(payer, now, item=Item.SUBSCRIPTION)


def test_the_database_refuses_a_subscription_paid_with_credits(payer):
    with pytest.raises(IntegrityError, match="payment_credits_no_subscription"), transaction.atomic():
        Payment.objects.create(
            user=payer, item="subscription", subject_id=uuid4(), amount=799, currency="eur", provider="credits"
        )


# Giving back.


def test_staff_give_money_back_and_the_provider_does_it(settled, heard, now):
    staff = UserFactory(staff=True)
    payments.refund(payment_id=settled.id, by=staff.id, now=now)
    assert (settled.status, heard) == (PaymentStatus.REFUND_PENDING, [])
    payment_jobs.process_due(now=now)
    assert states(settled) == ["pending", "settled", "refund_pending", "refunded"]
    assert heard == [("refunded", settled.id)]
    assert AuditLog.objects.get(action="refund").actor_id == staff.id
    assert Notification.objects.get(user=settled.user_id).type == "payment_refunded"


def test_giving_back_again_changes_nothing(settled, now):
    for _ in range(2):
        payments.refund(payment_id=settled.id, by=None, now=now)
        payment_jobs.process_due(now=now)
    payments.refund(payment_id=settled.id, by=None, now=now)
    assert states(settled) == ["pending", "settled", "refund_pending", "refunded"]


def test_nobody_but_staff_gives_back(settled, now):
    with pytest.raises(Forbidden):
        payments.refund(payment_id=settled.id, by=settled.user_id, now=now)
    assert settled.status == PaymentStatus.SETTLED


def test_what_is_not_paid_is_not_given_back(payer, now):
    payment = begin(payer, now)
    with pytest.raises(WrongState) as refused:
        payments.refund(payment_id=payment.id, by=None, now=now)
    assert refused.value.code == "not_refundable"


def test_what_is_not_there_is_not_given_back(db, now):
    with pytest.raises(NotYours):
        payments.refund(payment_id=uuid4(), by=None, now=now)


def test_what_became_credits_is_not_given_back_as_money_too(settled, now):
    credits.grant(
        user_id=settled.user_id,
        amount=settled.amount,
        currency="eur",
        reason=CreditReason.PROTECTION,
        source_id=settled.id,
        now=now,
    )
    with pytest.raises(WrongState) as refused:
        payments.refund(payment_id=settled.id, by=None, now=now)
    assert refused.value.code == "already_credited"


def test_credits_come_back_at_once_and_once(payer, heard, now):
    give(payer, 100, now)
    payment = with_credits(payer, now)
    for _ in range(2):
        payments.refund(payment_id=payment.id, by=None, now=now)
    assert credits.balance(payer.id, "eur") == 100
    assert heard == [("settled", payment.id), ("refunded", payment.id)]


# What PostgreSQL holds.


def test_a_payment_does_not_change(settled):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Payment.objects.filter(id=settled.id).update(amount=1)


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_payment_begins_as_pending_alone(payer, now, status):
    payment = Payment.objects.create(
        user=payer, item="nudge", subject_id=uuid4(), amount=99, currency="eur", provider="sandbox"
    )
    row = PaymentState(payment=payment, number=1, status=status, at=now)
    if status == PaymentStatus.PENDING:
        row.save()
        assert payment.status == status
        return
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        row.save()


WAYS = {
    "pending": [],
    "settled": ["settled"],
    "failed": ["failed"],
    "refund_pending": ["settled", "refund_pending"],
    "refunded": ["settled", "refunded"],
}
ALLOWED = {
    ("pending", "settled"),
    ("pending", "failed"),
    ("failed", "settled"),
    ("settled", "refund_pending"),
    ("settled", "refunded"),
    ("refund_pending", "refunded"),
    ("refund_pending", "settled"),
}


@pytest.mark.parametrize("before", WAYS)
@pytest.mark.parametrize("after", WAYS)
def test_the_database_lets_a_payment_move_as_listed_and_no_other_way(payer, now, before, after):
    payment = begin(payer, now)
    for number, status in enumerate(WAYS[before], start=2):
        PaymentState.objects.create(payment=payment, number=number, status=status, at=now)
    row = PaymentState(payment=payment, number=len(WAYS[before]) + 2, status=after, at=now)
    if (before, after) in ALLOWED:
        row.save()
        assert payment.status == after
        return
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        row.save()


def test_states_are_numbered_without_a_gap(payer, now):
    payment = begin(payer, now)
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        PaymentState.objects.create(payment=payment, number=3, status="settled", at=now)


def test_every_state_is_in_the_audit(settled):
    moves = AuditLog.objects.filter(entity="connect_payment", entity_id=settled.id).order_by("id")
    assert [(move.data["from"], move.data["to"]) for move in moves] == [(None, "pending"), ("pending", "settled")]


def test_a_move_that_is_not_listed_is_passed_over(settled, heard, now):
    heard.clear()
    assert not payment_states.move(settled, PaymentStatus.FAILED, reference="", now=now)
    assert (settled.status, heard, CreditEntry.objects.count()) == (PaymentStatus.SETTLED, [], 0)


def test_a_bill_of_a_subscription_is_given_back_at_the_provider_alone(payer, now):
    bill = Payment.objects.create(
        user=payer, item=Item.SUBSCRIPTION, subject_id=uuid4(), amount=799, currency="eur", provider=PaidBy.SANDBOX
    )
    payment_states.open_one(bill, now)
    payment_states.move(bill, PaymentStatus.SETTLED, reference="", now=now)
    with pytest.raises(WrongState) as refused:
        payments.refund(payment_id=bill.id, by=None, now=now)
    assert (refused.value.code, bill.status) == ("not_refundable", PaymentStatus.SETTLED)
