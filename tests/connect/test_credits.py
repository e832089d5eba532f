"""Credits: a ledger whose balance is its sum, and never negative, whoever spends at the same time."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as some

from config.errors import Invalid, WrongState
from connect.enums import CreditReason, Item
from connect.models import CreditEntry, Payment
from connect.services import credits, payments
from tests.connect.books import give
from tests.factories import UserFactory


def entry(payer, amount, reason="goodwill", **fields):
    return CreditEntry(
        user=payer, amount=amount, currency="eur", reason=reason, source_id=uuid4(), at=payer.created_at, **fields
    )


@pytest.fixture
def payer(payer):
    payer.refresh_from_db()
    return payer


def test_nobody_begins_with_anything(payer):
    assert credits.balance(payer.id, "eur") == 0


def test_a_grant_is_given_once_for_its_reason_and_source(payer, now):
    source = uuid4()
    assert give(payer, 100, now, source).id == give(payer, 100, now, source).id
    assert credits.balance(payer.id, "eur") == 100


@pytest.mark.parametrize("amount", [0, -1])
def test_a_grant_is_above_zero(payer, now, amount):
    with pytest.raises(Invalid) as refused:
        give(payer, amount, now)
    assert refused.value.code == "not_a_grant"


def test_a_purchase_is_no_grant(payer, now):
    with pytest.raises(Invalid):
        credits.grant(
            user_id=payer.id, amount=1, currency="eur", reason=CreditReason.PURCHASE, source_id=uuid4(), now=now
        )


def test_currencies_do_not_mix(payer, now):
    give(payer, 100, now)
    assert credits.balance(payer.id, "usd") == 0


def test_what_one_has_is_not_what_another_has(payer, now):
    give(payer, 100, now)
    assert credits.balance(UserFactory().id, "eur") == 0


def test_the_database_refuses_a_balance_below_nothing(payer, now):
    give(payer, 100, now)
    entry(payer, -100, "purchase").save()
    with pytest.raises(IntegrityError, match="falls below nothing"), transaction.atomic():
        entry(payer, -1, "purchase").save()


def test_the_database_counts_each_currency_for_itself(payer, now):
    give(payer, 100, now)
    with pytest.raises(IntegrityError, match="falls below nothing"), transaction.atomic():
        CreditEntry.objects.create(user=payer, amount=-1, currency="usd", reason="purchase", source_id=uuid4(), at=now)


def test_the_database_lets_an_entry_go_out_for_a_purchase_alone(payer, now):
    give(payer, 100, now)
    with pytest.raises(IntegrityError, match="credit_direction"), transaction.atomic():
        entry(payer, -1, "refund").save()


def test_an_entry_does_not_change(payer, now):
    given_one = give(payer, 100, now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CreditEntry.objects.filter(id=given_one.id).update(amount=1000)


MOVES = some.lists(
    some.tuples(some.sampled_from(["grant", "again", "spend", "back"]), some.integers(1, 400)), max_size=12
)


@given(moves=MOVES)
@hypothesis(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_walk_agrees_with_a_plain_sum_and_never_falls_below_nothing(payer, now, moves):
    with transaction.atomic():
        expected, last, bought = 0, None, []
        for move, amount in moves:
            if move == "grant":
                last = give(payer, amount, now)
                expected += amount
            elif move == "again" and last:
                give(payer, amount, now, last.source_id)
            elif move == "spend":
                enough = expected >= 99
                assert _spends(payer, now, bought) is enough
                expected -= 99 if enough else 0
            elif move == "back" and bought:
                payments.refund(payment_id=bought.pop().id, by=None, now=now)
                expected += 99
            assert credits.balance(payer.id, "eur") == expected >= 0
        transaction.set_rollback(True)


def _spends(payer, now, bought):
    try:
        with transaction.atomic():
            bought.append(payments.pay_with_credits(user_id=payer.id, item=Item.NUDGE, subject_id=uuid4(), now=now))
    except WrongState:
        return False
    return True


def together(*works):
    """Each in a thread and a connection of its own, at once; what each came to."""
    start, outcomes = Barrier(len(works), timeout=20), []

    def run(work):
        start.wait()
        try:
            with transaction.atomic():
                work()
            outcomes.append("done")
        except (WrongState, IntegrityError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_spend_the_last_credits_one_does(payer, now):
    with transaction.atomic():
        give(payer, 100, now)

    def spend():
        payments.pay_with_credits(user_id=payer.id, item=Item.NUDGE, subject_id=uuid4(), now=now)

    assert together(spend, spend) == ["done", "refused"]
    assert (credits.balance(payer.id, "eur"), Payment.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_database_alone_lets_one_of_two_spend_the_last_credits(payer, now):
    with transaction.atomic():
        give(payer, 100, now)
    spend = [entry(payer, -100, "purchase").save for _ in range(4)]
    assert together(*spend) == ["done", "refused", "refused", "refused"]
    assert credits.balance(payer.id, "eur") == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_the_same_payment_both_get_the_one(payer, now):
    subject = uuid4()

    def begin():
        payments.begin(user_id=payer.id, item=Item.RECOVERY, subject_id=subject, now=now)

    assert together(begin, begin) == ["done", "done"]
    assert Payment.objects.count() == 1
