"""Streaks of which somebody missed a day, and what is paid to make up for it."""

from uuid import uuid4

from django.db import transaction

from connect.enums import CreditReason
from connect.models import CreditEntry, User
from connect.services import credits, payment_jobs
from streaks.services import nudge_payments, purchases, recovery_payments
from tests.streaks.builders import at, both, check_in, person, streak

IN_WINDOW = at(3, 12)
AFTER = at(4, 1)


def broken(**fields):
    """A streak that "high" missed the second day of; it can be saved on the third."""
    made = streak(**fields)
    both(made, 1)
    check_in(made, "low", at(2))
    return made


def recover(made, side="high", pay_with=None, now=IN_WINDOW):
    with transaction.atomic():
        return recovery_payments.recover(streak_id=made.id, by=person(made, side), pay_with=pay_with, now=now)


def purchase(made, side="low", number=1, pay_with="money", now=None):
    with transaction.atomic():
        return purchases.purchase(
            streak_id=made.id, by=person(made, side), number=number, pay_with=pay_with, now=now or at(2)
        )


def nudge(made, side="low", pay_with=None, now=None):
    with transaction.atomic():
        return nudge_payments.nudge(streak_id=made.id, by=person(made, side), pay_with=pay_with, now=now or at(2, 22))


def settle(now=IN_WINDOW):
    payment_jobs.process_due(now=now)


def give(made, side, amount=1000, now=IN_WINDOW):
    with transaction.atomic():
        credits.grant(
            user_id=person(made, side),
            amount=amount,
            currency="eur",
            reason=CreditReason.GOODWILL,
            source_id=uuid4(),
            now=now,
        )


def balance(made, side="high"):
    return credits.balance(person(made, side), "eur")


def converted(made, side="high"):
    return CreditEntry.objects.filter(user=person(made, side), reason=CreditReason.PROTECTION)


def tier(made, side, name):
    User.objects.filter(id=person(made, side)).update(tier=name)
