"""Protecting who paid for a recovery: should the other leave within a day, the payment becomes credits.

Whoever paid is told that they have credits, and never why.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from connect.models import AccountDeletion, Payment
from connect.services import payment_states
from matching.models import Connection
from safety.roles import as_service
from streaks.enums import ProtectionStatus
from streaks.models import CreditProtection, Streak
from streaks.services import conversions, telling

BATCH = 500
ERASED = "erased"


def open_one(streak: Streak, payment: Payment, now: datetime) -> None:
    """From a paid recovery on. Needs the service role."""
    CreditProtection.objects.create(
        payment=payment,
        streak=streak,
        payer_id=payment.user_id,
        opened_at=now,
        ends_at=now + settings.CREDIT_PROTECTION,
    )


def connection_ended(*, connection: Connection, now: datetime) -> None:
    """Decide what is open for a connection that ends; its two people are locked already.

    It is converted when the other ended it, blocked, or is being erased; the payer's own end leaves nothing.
    """
    with as_service():
        for protection in _hold(Q(streak__connection=connection)):
            left = _left(protection, connection) and now < protection.ends_at
            _decide(protection, convert=left, now=now)


def refunded(*, payment: Payment, now: datetime) -> None:
    """What was given back is not protected any more."""
    with as_service():
        for protection in _hold(Q(payment=payment)):
            _move(protection, ProtectionStatus.LAPSED, now)


def not_needed(*, payment: Payment, now: datetime) -> None:
    """Make credits of what nobody would have had to pay, as it turned out, be it protected still or not. Once."""
    with as_service():
        if not conversions.convert(payment, now):
            return
        for protection in _hold(Q(payment=payment)):
            _move(protection, ProtectionStatus.CONVERTED, now)
        telling.credited(payment.user_id, payment.id)


def decide_due(*, now: datetime) -> int:
    """Decide the protections whose time is up, each in its own transaction; how many were due.

    The other may have asked for their account to be deleted meanwhile: that shows only now, so that nobody learns of it
    from credits. An end that was not decided when it came is decided too.
    """
    with transaction.atomic(), as_service():
        over = CreditProtection.objects.filter(status=ProtectionStatus.OPEN, ends_at__lte=now)
        due = list(over.order_by("ends_at").values_list("id", flat=True)[:BATCH])
    for protection_id in due:
        with transaction.atomic(), as_service():
            for protection in _hold(Q(id=protection_id, ends_at__lte=now)):
                _decide(protection, convert=_left_in_time(protection), now=now)
    return len(due)


def _hold(which: Q) -> Iterator[CreditProtection]:
    """Those that are open, for nobody else to decide.

    The payment is locked before its protection, since whoever gives one back holds it when they come here.
    """
    found = CreditProtection.objects.filter(which, status=ProtectionStatus.OPEN)
    for payment_id in found.order_by("payment_id").values_list("payment_id", flat=True):
        payment_states.lock(payment_id)
        opened = found.filter(payment=payment_id).select_related("streak__connection", "payment")
        yield from opened.select_for_update(no_key=True, of=("self",))


def _left(protection: CreditProtection, connection: Connection) -> bool:
    """Whether it was the other through whom a connection ended."""
    other = connection.other(protection.payer_id)
    if connection.reason == ERASED:
        return AccountDeletion.objects.filter(user=other).exists()
    return connection.ended_by == other


def _left_in_time(protection: CreditProtection) -> bool:
    connection = protection.streak.connection
    if connection.ended_at is not None and connection.ended_at < protection.ends_at:
        return _left(protection, connection)
    asked = AccountDeletion.objects.filter(user=protection.streak.other(protection.payer_id))
    due = (protection.opened_at + settings.DELETION_DELAY, protection.ends_at + settings.DELETION_DELAY)
    return asked.filter(due_at__range=due).exists()


def _decide(protection: CreditProtection, *, convert: bool, now: datetime) -> None:
    if convert and conversions.convert(protection.payment, now):
        _move(protection, ProtectionStatus.CONVERTED, now)
        telling.credited(protection.payer_id, protection.payment_id)
    else:
        _move(protection, ProtectionStatus.LAPSED, now)


def _move(protection: CreditProtection, to: ProtectionStatus, now: datetime) -> None:
    protection.status, protection.decided_at = to, now
    protection.save(update_fields=["status", "decided_at"])
