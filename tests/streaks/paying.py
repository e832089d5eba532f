"""Streaks of which somebody missed a day, and what is paid to make up for it."""

from uuid import uuid4

from django.db import transaction

from connect.enums import CreditReason, Tier
from connect.models import CreditEntry, InterestScore, PreferenceSettings, User, ValueScore
from connect.services import credits, payment_jobs, subscription_jobs, subscriptions
from streaks.services import nudge_payments, purchases, recovery_payments
from tests.factories import ConsentFactory, HobbyFactory, HobbyOptionFactory
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


def tells(made, *sides):
    """These people have answered everything that a reveal tells of, and let it be told."""
    for side in sides:
        subject = person(made, side)
        ConsentFactory(user_id=subject)
        for key, score in (("music", 90), ("hiking", 80), ("film", 20), ("art", 70)):
            InterestScore.objects.create(user_id=subject, interest_key=key, score=score)
        ValueScore.objects.create(user_id=subject, value_key="honesty", score=80)
        PreferenceSettings.objects.create(
            user_id=subject,
            conversation_depth="deep",
            contact_frequency="weekly",
            directness_score=50,
            humor_score=50,
            response_pace="flexible",
            group_comfort="any",
            friendship_intention="long_term",
        )
        kites = HobbyOptionFactory(code=f"kites-{side}", name="Kites")
        HobbyFactory(user_id=subject, option=kites, description="Against the wind.")


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


def rise(made, side, name, now):
    """Subscribe, as somebody does who wants another tier."""
    with transaction.atomic():
        subscriptions.request(user_id=person(made, side), tier=Tier(name), now=now)
    subscription_jobs.process_due(now=now)


def tier(made, side, name):
    User.objects.filter(id=person(made, side)).update(tier=name)
