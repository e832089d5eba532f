"""Paying for single things: with money through the embedded provider, and with credits."""

from uuid import uuid4

import pytest

from connect.enums import CreditReason, Item, PaymentStatus
from connect.models import PaymentJob
from connect.services import credits, payment_jobs, payments
from connect.signals import payment_refunded, payment_settled
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def own_books(settings, tmp_path):
    settings.SANDBOX_PATH = tmp_path / "payments"


@pytest.fixture
def payer(db):
    return UserFactory()


@pytest.fixture
def heard():
    """What those above are told, in order."""
    told = []

    def settled(payment, **kwargs):
        told.append(("settled", payment.id))

    def refunded(payment, **kwargs):
        told.append(("refunded", payment.id))

    payment_settled.connect(settled)
    payment_refunded.connect(refunded)
    yield told
    payment_settled.disconnect(settled)
    payment_refunded.disconnect(refunded)


def begin(payer, now, item=Item.RECOVERY, subject=None):
    return payments.begin(user_id=payer.id, item=item, subject_id=subject or uuid4(), now=now)


def give(payer, amount, now, source=None):
    return credits.grant(
        user_id=payer.id,
        amount=amount,
        currency="eur",
        reason=CreditReason.GOODWILL,
        source_id=source or uuid4(),
        now=now,
    )


def states(payment):
    return list(payment.states.order_by("number").values_list("status", flat=True))


def test_a_payment_begins_pending_with_something_to_ask(payer, now):
    payment = begin(payer, now)
    assert (payment.status, payment.amount, payment.currency) == (PaymentStatus.PENDING, 199, "eur")
    assert PaymentJob.objects.get().payment_id == payment.id


def test_the_sandbox_settles_it_at_once(payer, heard, now):
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    assert states(payment) == ["pending", "settled"]
    assert heard == [("settled", payment.id)]
    assert not PaymentJob.objects.exists()
