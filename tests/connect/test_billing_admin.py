"""Payments in the admin: read, and given back once it is confirmed."""

import pytest
from django.utils import timezone

from connect.models import Payment
from connect.services import payment_jobs
from safety.models import AuditLog
from tests.config.desk import act, browser, page, staff
from tests.connect.books import begin, states


@pytest.fixture
def root(db):
    return staff(is_superuser=True)


@pytest.fixture
def settled(payer, now):
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    return payment


def test_giving_back_asks_first(root, settled):
    answer = act(browser(root), Payment, "refund", settled)
    assert str(settled.id) in answer.content.decode()
    assert states(settled) == ["pending", "settled"]


def test_confirmed_it_is_given_back_and_recorded(root, settled):
    act(browser(root), Payment, "refund", settled, confirmed="yes")
    payment_jobs.process_due(now=timezone.now())
    assert states(settled) == ["pending", "settled", "refund_pending", "refunded"]
    assert AuditLog.objects.get(action="refund").actor_id == root.pk


def test_a_refused_one_is_told(root, payer, now):
    pending = begin(payer, now)
    answer = act(browser(root), Payment, "refund", pending, confirmed="yes")
    assert "Only what was paid can be given back." in answer.content.decode()


def test_nobody_changes_a_payment_by_hand(root, settled):
    shown = browser(root)
    assert "pending" in shown.get(page(Payment, "change", settled.pk)).content.decode()
    assert shown.post(page(Payment, "change", settled.pk), {"amount": "1"}).status_code == 403
    assert shown.get(page(Payment, "add")).status_code == 403
