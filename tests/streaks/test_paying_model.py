"""Whatever is paid, fails, comes late or is ended, in any order: every cent is a recovery that stands, or credits."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import DomainError
from connect.enums import PaymentStatus
from connect.models import CreditEntry, Payment
from connect.services import payment_states
from safety.roles import as_service
from streaks.models import CreditProtection, RecoveryPayment
from streaks.services import protections, recovery_payments, rollover
from tests.streaks.builders import check_in, end
from tests.streaks.paying import IN_WINDOW, balance, broken, give, recover, settle

pytestmark = pytest.mark.django_db
PURSE = 1000
ACTS = ["money", "credits", "settle", "fail", "check in", "roll over", "decide", "end low", "end high"]
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 20)), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_every_payment_has_one_effect(steps):
    with transaction.atomic():
        made, now = broken(), IN_WINDOW
        give(made, "high", PURSE)
        for what, hours in steps:
            now += timedelta(hours=hours)
            _do(made, what, now)
            _check(made)
        transaction.set_rollback(True)


def _do(made, what, now):
    try:
        with transaction.atomic():
            _ACTS[what](made, now)
    except DomainError:
        pass


def _fail(made, now):
    recovery_payments.fail_unpaid(now=now)
    for payment in Payment.objects.with_status().filter(status_now=PaymentStatus.PENDING):
        with as_service():
            payment_states.move(payment_states.lock(payment.id), PaymentStatus.FAILED, reference="", now=now)


def _both(made, now):
    for side in ("low", "high"):
        _do(made, f"check in {side}", now)


_ACTS = {
    "money": lambda made, now: recover(made, pay_with="money", now=now),
    "credits": lambda made, now: recover(made, pay_with="credits", now=now),
    "settle": lambda made, now: settle(now),
    "fail": _fail,
    "check in": _both,
    "check in low": lambda made, now: check_in(made, "low", now),
    "check in high": lambda made, now: check_in(made, "high", now),
    "roll over": lambda made, now: rollover.roll_over(now=now),
    "decide": lambda made, now: protections.decide_due(now=now),
    "end low": lambda made, now: end(made, "low", now),
    "end high": lambda made, now: end(made, "high", now),
}


def _check(made):
    paid = [row for row in RecoveryPayment.objects.filter(streak=made) if row.payment]
    settled = {row.id for row in paid if row.payment.status == PaymentStatus.SETTLED}
    assert settled == {row.id for row in paid if row.status in {"recovered", "credited"}}
    protected = {p.payment_id: p.status for p in CreditProtection.objects.all()}
    assert set(protected) == {row.payment_id for row in paid if row.status == "recovered"}
    given_back = {row.payment_id for row in paid if row.status == "credited"}
    given_back |= {payment_id for payment_id, status in protected.items() if status == "converted"}
    granted = CreditEntry.objects.filter(reason="protection")
    assert {entry.source_id for entry in granted} == given_back
    spent = sum(row.payment.amount for row in paid if row.pay_with == "credits")
    assert balance(made) == PURSE - spent + sum(entry.amount for entry in granted)
    assert len({(row.streak_id, row.day) for row in paid if row.status == "recovered"}) == len(protected)
