"""What people pay."""

from typing import Any

from django.db import connection
from django.db.models import Model

from connect import models as people
from connect.personal_data.shared import IN_PASSING, JOB
from safety.parts import deletes, replaces, with_its_owner
from safety.personal_data import Erasure, Leaving, Part


def _keep_books(model: type[Model], leaving: Leaving) -> int:
    """The books only grow but for this, which one function in the database does for both of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT connect_forget_payer(%s, %s)", [leaving.person, leaving.tombstone])
        kept: int = cursor.fetchone()[0]
    return kept


def paid() -> list[Part]:
    return [*_books(), *_running()]


def _books() -> list[Part]:
    why = "to know what was paid, as the law on books of account asks"
    kept: dict[str, Any] = {"seen_by": "you; administrators", "lasts": "for good, without you when you leave"}
    return [
        Part(
            people.Payment,
            "What you paid",
            why,
            Erasure("kept with a random id in the place of yours", _keep_books, last=True),
            **kept,
        ),
        Part(
            people.PaymentState,
            "What became of each payment",
            why,
            with_its_owner("kept with its payment, which no longer names you"),
            belongs=("payment__user",),
            hidden=("reference",),
            **kept,
        ),
        Part(
            people.CreditEntry,
            "Your credits",
            why,
            with_its_owner("kept with a random id in the place of yours"),
            **kept,
        ),
    ]


def _running() -> list[Part]:
    return [
        Part(
            people.PaymentJob,
            "A payment that is under way",
            "so that it is made once",
            deletes("payment__user"),
            belongs=("payment__user",),
            withheld=IN_PASSING,
            lasts="until it is paid, a day at most",
        ),
        Part(
            people.Subscription,
            "Your subscriptions",
            "so that you have what you pay for",
            replaces(
                "user",
                words="ended, at the payment provider too, which forgets you; kept with a random id in place of yours",
            ),
            hidden=("client_secret", "reference", "customer", "wanted_key", "leaving", *JOB),
            seen_by="you; administrators",
            lasts="for good, without you when you leave",
        ),
    ]
