"""What streaks do when an app below tells of a change, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from chat.signals import starter_completed
from connect.enums import Item, Purpose
from connect.models import Payment
from connect.signals import consent_revoked, payment_refunded, payment_settled, tier_changed
from matching.enums import Origin
from matching.models import Connection, ConnectionEvent
from matching.signals import connection_ended, connection_formed, reflection_given
from streaks.enums import XpSource
from streaks.services import (
    contents,
    lifecycle,
    nudge_payments,
    protections,
    purchases,
    recovery_payments,
    reveals,
    xp,
)


@receiver(connection_formed)
def begin(connection: Connection, now: datetime, **kwargs: Any) -> None:
    if connection.origin == Origin.DISCOVERY:
        lifecycle.begin(connection=connection, now=now)
    xp.earn(*_people(connection), source=XpSource.CONNECTION, source_ref_id=connection.id, now=now)


@receiver(starter_completed)
def reward_starter(connection: Connection, event: ConnectionEvent, now: datetime, **kwargs: Any) -> None:
    xp.earn(*_people(connection), source=XpSource.STARTER, source_ref_id=event.id, now=now)


@receiver(reflection_given)
def reward_reflection(reflection: Any, now: datetime, **kwargs: Any) -> None:
    xp.earn(reflection.user_id, source=XpSource.REFLECTION, source_ref_id=reflection.id, now=now)


@receiver(connection_ended)
def terminate(connection: Connection, now: datetime, **kwargs: Any) -> None:
    lifecycle.terminate(connection=connection, now=now)
    protections.connection_ended(connection=connection, now=now)


@receiver(tier_changed)
def reveal(user_id: UUID, now: datetime, **kwargs: Any) -> None:
    reveals.tier_changed(user_id=user_id, now=now)


@receiver(payment_settled)
def deliver(payment: Payment, now: datetime, **kwargs: Any) -> None:
    if payment.item == Item.RECOVERY:
        recovery_payments.settled(payment=payment, now=now)
    elif payment.item == Item.REVEAL:
        purchases.settled(payment=payment, now=now)
    elif payment.item == Item.NUDGE:
        nudge_payments.settled(payment=payment, now=now)


@receiver(payment_refunded)
def end_protection(payment: Payment, now: datetime, **kwargs: Any) -> None:
    protections.refunded(payment=payment, now=now)


@receiver(consent_revoked)
def forget_told(user_id: UUID, purpose: str, **kwargs: Any) -> dict[str, int]:
    """What was deleted, by name."""
    forgotten = contents.forget(user_id=user_id) if purpose == Purpose.MATCHING else 0
    return {"reveals": forgotten} if forgotten else {}


def _people(connection: Connection) -> tuple[UUID, UUID]:
    return connection.user_low_id, connection.user_high_id
