"""What becomes of what a person paid when they leave."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from connect.enums import Tier, UserStatus
from connect.models import AccountDeletion, CreditEntry, Payment, Subscription, User
from connect.services import deletions, erasures, payment_jobs, subscription_jobs, subscriptions
from tests.connect.books import begin, give, states
from tests.factories import DeviceSessionFactory


@pytest.fixture
def subscribed(payer, their, now):
    """Somebody who pays for a tier, bought something and has credits."""
    subscriptions.request(user_id=payer.id, tier=Tier.PLUS, now=now)
    subscription_jobs.process_due(now=now)
    their.pay_bill(Subscription.objects.get().reference)
    Subscription.objects.update(due_at=now)
    subscription_jobs.process_due(now=now)
    give(payer, 100, now)
    begin(payer, now)
    payment_jobs.process_due(now=now)
    their.pay(their.all("payment_intent")[0]["id"])
    payment_jobs.process_due(now=now + timedelta(minutes=11))
    return payer


def leave(person):
    User.objects.filter(id=person.id).update(status=UserStatus.DELETION_PENDING)
    AccountDeletion.objects.create(user=person, due_at=timezone.now() - timedelta(minutes=1))
    erasures.erase_due(now=timezone.now())


def test_the_books_stay_and_name_nobody(subscribed):
    leave(subscribed)
    tombstone = User.objects.get(status=UserStatus.DELETED)
    assert tombstone.id != subscribed.id
    assert {payment.user_id for payment in Payment.objects.all()} == {tombstone.id}
    assert {entry.user_id for entry in CreditEntry.objects.all()} == {tombstone.id}
    assert [states(payment) for payment in Payment.objects.order_by("id")] == [["pending", "settled"]] * 2


def test_the_provider_ends_what_ran_and_forgets_them(subscribed, their, now):
    leave(subscribed)
    subscription_jobs.process_due(now=timezone.now())
    held = Subscription.objects.get()
    assert (held.status, held.customer, their.all("customer")) == ("ended", "", [])
    assert their.things[held.reference]["status"] == "canceled"


def test_who_asks_to_leave_is_not_renewed(subscribed, their, now):
    session = DeviceSessionFactory(user=subscribed)
    deletions.request(user_id=subscribed.id, session_id=session.id, now=timezone.now())
    subscription_jobs.process_due(now=timezone.now())
    held = Subscription.objects.get()
    assert (held.next_tier, their.things[held.reference]["cancel_at_period_end"]) == ("free", True)


def test_the_books_of_somebody_who_stays_are_not_rewritten(subscribed):
    with pytest.raises(DatabaseError, match="not due to be erased"), transaction.atomic(), connection.cursor() as sql:
        sql.execute("SELECT connect_forget_payer(%s, %s)", [subscribed.id, uuid4()])
    assert Payment.objects.filter(user=subscribed).exists()
