"""Twenty-four hours in which the payment of a recovery is safe from who leaves."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from connect.models import AccountDeletion, Notification
from connect.services import payments
from matching.services import connections
from safety.enums import BlockSource
from safety.models import AuditLog
from safety.services import blocks
from streaks.models import CreditProtection
from streaks.services import protections
from tests.connect.books import states
from tests.streaks.builders import connection_of, end, person
from tests.streaks.paying import IN_WINDOW, balance, broken, converted, give, recover, settle, tier

pytestmark = pytest.mark.django_db
LATER = IN_WINDOW + timedelta(hours=23)
OVER = IN_WINDOW + timedelta(hours=24)


@pytest.fixture
def made():
    """A streak that "high" has paid to save."""
    made = broken()
    recover(made)
    settle()
    return made


def status():
    return CreditProtection.objects.get().status


def block(made, side, now):
    other = {"low": "high", "high": "low"}[side]
    with transaction.atomic():
        blocks.block(by=person(made, side), other=person(made, other), source=BlockSource.MANUAL, now=now)


def leave(made, side, asked_at):
    AccountDeletion.objects.create(user_id=person(made, side), due_at=asked_at + settings.DELETION_DELAY)


def erased(made, now):
    with transaction.atomic():
        connections.end_between(first=made.user_low_id, second=made.user_high_id, by=None, reason="erased", now=now)


def test_a_paid_recovery_opens_one_for_a_day(made):
    opened = CreditProtection.objects.get()
    assert (opened.status, opened.payer_id) == ("open", person(made, "high"))
    assert opened.ends_at - opened.opened_at == timedelta(hours=24)


def test_a_free_one_opens_none():
    made = broken()
    tier(made, "high", "pro")
    recover(made)
    assert not CreditProtection.objects.exists()


def test_one_paid_with_credits_does():
    made = broken()
    give(made, "high", 199)
    recover(made, pay_with="credits")
    end(made, "low", LATER)
    assert balance(made) == 199


@pytest.mark.parametrize("leaving", [end, block])
def test_the_other_leaves_in_time_and_it_becomes_credits_at_once(made, leaving):
    leaving(made, "low", LATER)
    assert (status(), balance(made)) == ("converted", 199)


@pytest.mark.parametrize("leaving", [end, block])
def test_the_other_leaves_after_it_and_nothing_does(made, leaving):
    leaving(made, "low", OVER)
    assert (status(), balance(made)) == ("lapsed", 0)


@pytest.mark.parametrize("leaving", [end, block])
def test_who_paid_gets_nothing_for_leaving(made, leaving):
    leaving(made, "high", LATER)
    assert (status(), balance(made)) == ("lapsed", 0)


def test_moderation_that_parts_them_is_nobodys_bad_faith(made):
    with transaction.atomic():
        connections.end_between(
            first=made.user_low_id, second=made.user_high_id, by=None, reason="moderation", now=LATER
        )
    assert (status(), balance(made)) == ("lapsed", 0)


def test_the_other_is_erased_in_time(made):
    leave(made, "low", IN_WINDOW - timedelta(days=6, hours=12))
    erased(made, LATER)
    assert (status(), balance(made)) == ("converted", 199)


def test_who_paid_is_erased(made):
    leave(made, "high", IN_WINDOW - timedelta(days=6, hours=12))
    erased(made, LATER)
    assert (status(), balance(made)) == ("lapsed", 0)


def test_without_an_end_it_lapses_when_its_time_is_up(made):
    assert (protections.decide_due(now=OVER - timedelta(seconds=1)), status()) == (0, "open")
    assert (protections.decide_due(now=OVER), status(), balance(made)) == (1, "lapsed", 0)


def test_the_other_asked_to_be_deleted_in_time_which_shows_at_the_end_alone(made):
    leave(made, "low", LATER)
    protections.decide_due(now=LATER)
    assert (status(), balance(made)) == ("open", 0)
    protections.decide_due(now=OVER)
    assert (status(), balance(made)) == ("converted", 199)


@pytest.mark.parametrize("asked_at", [IN_WINDOW - timedelta(hours=1), OVER + timedelta(seconds=1)])
def test_the_other_asked_to_be_deleted_at_another_time(made, asked_at):
    leave(made, "low", asked_at)
    protections.decide_due(now=OVER + timedelta(hours=1))
    assert (status(), balance(made)) == ("lapsed", 0)


def test_the_job_finds_what_was_missed_at_the_end_of_the_connection(made):
    connection = connection_of(made)
    connection.status, connection.ended_by = "terminated", person(made, "low")
    connection.reason, connection.ended_at = "over", LATER
    connection.save()
    protections.decide_due(now=OVER)
    assert (status(), balance(made)) == ("converted", 199)


def test_it_is_converted_once(made):
    end(made, "low", LATER)
    protections.connection_ended(connection=connection_of(made), now=LATER)
    protections.decide_due(now=OVER)
    assert (converted(made).count(), balance(made)) == (1, 199)


def test_what_was_given_back_is_not_protected(made):
    payment = CreditProtection.objects.get().payment
    payments.refund(payment_id=payment.id, by=None, now=IN_WINDOW)
    settle(LATER)
    assert (states(payment)[-1], status()) == ("refunded", "lapsed")
    end(made, "low", LATER)
    assert balance(made) == 0


def test_what_is_being_given_back_does_not_become_credits_too(made):
    payment = CreditProtection.objects.get().payment
    payments.refund(payment_id=payment.id, by=None, now=IN_WINDOW)
    end(made, "low", LATER)
    assert (status(), balance(made)) == ("lapsed", 0)


def test_who_paid_is_told_of_credits_and_not_why(made):
    end(made, "low", LATER)
    block_told = Notification.objects.get(type="credits_granted")
    assert (block_told.user_id, block_told.message) == (person(made, "high"), "A payment of yours has become credits.")


def test_each_move_is_on_record(made):
    end(made, "low", LATER)
    moves = AuditLog.objects.filter(entity="streaks_creditprotection").order_by("created_at", "id")
    assert [entry.data["to"] for entry in moves] == ["open", "converted"]
