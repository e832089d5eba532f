"""What should have moved on long ago and did not, as staff look for it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Model, Q

from chat.enums import State
from chat.models import Conversation
from connect.models import PaymentJob
from matching.enums import ENDED_CONNECTION
from streaks.enums import MilestoneStatus, ProtectionStatus, StreakStatus
from streaks.models import CreditProtection, MilestoneReveal, RevealJob, Streak

LONG = timedelta(hours=1)
"""Far more than any job takes to come round to a row."""


class Symptom(NamedTuple):
    """Rows of a table in which something hangs."""

    title: str
    model: type[Model]
    rows: Q


def symptoms(now: datetime) -> Iterator[Symptom]:
    long_ago = now - LONG
    yield Symptom("Streaks the rollover did not come to", Streak, Q(due_at__lt=long_ago))
    yield Symptom("Streaks nobody was told of", Streak, Q(notice_due_at__lt=long_ago))
    unpaid = Q(payment__created_at__lt=long_ago - settings.PAYMENT_LIFETIME)
    yield Symptom("Payments that have been pending for too long", PaymentJob, unpaid)
    yield Symptom("Reveals that were not written", RevealJob, Q(due_at__lt=long_ago))
    unwritten = Q(status=MilestoneStatus.PURCHASED, job=None)
    yield Symptom("Reveals that were paid for and that nobody writes", MilestoneReveal, unwritten)
    undecided = Q(status=ProtectionStatus.OPEN, ends_at__lt=long_ago)
    yield Symptom("Protections that were not decided", CreditProtection, undecided)
    yield Symptom("Conversations still locked after the last day", Conversation, _locked_after_all())


def _locked_after_all() -> Q:
    complete = Streak.objects.filter(status=StreakStatus.COMPLETED).exclude(connection__status__in=ENDED_CONNECTION)
    return Q(state=State.LOCKED, connection__in=complete.values("connection"))
