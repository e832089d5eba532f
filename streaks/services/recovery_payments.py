"""Paying for a recovery: free ones first, then money, which settles later, or credits, at once."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from config.errors import CapacityReached, WrongState
from connect.enums import Item
from connect.models import Payment, User
from safety.roles import as_service
from streaks.enums import ENDED_STREAK, PayWith, RecoveryStatus, StreakStatus
from streaks.models import RecoveryPayment, Streak
from streaks.services import locks, moves, protections, recoveries, settlements


def recover(*, streak_id: UUID, by: UUID, pay_with: PayWith | None, now: datetime) -> RecoveryPayment:
    """Make up for a missed day. As long as there is a free recovery it is taken, whatever was asked for.

    With money it stays pending until the payment is settled; asking again finds the same payment. Raises NotYours,
    WrongState (streak_ended, streak_completed, nothing_to_recover, not_the_breaker, payment_pending,
    credits_insufficient), CapacityReached (free_recoveries_used).
    """
    with as_service():
        streak = locks.pair_and_streak(streak_id, by=by)
        locks.refuse_if_over(streak)
        moves.catch_up(streak, now)
        recoveries.refuse_unless_recoverable(streak, by)
        way = _way(streak, by, pay_with)
        return _pending(streak, by, way, now) or _begin(streak, by, way, now)


def settled(*, payment: Payment, now: datetime) -> None:
    """Give the effect of a settled payment: the recovery while there is something to recover, else credits. Once."""
    with as_service():
        held = settlements.hold(RecoveryPayment, payment)
        if held is None:
            return
        streak, recovery = held
        if recovery.status not in {RecoveryStatus.PENDING, RecoveryStatus.FAILED}:
            return
        recovery.payment = payment
        if _in_time(streak, recovery, now):
            _recover(recovery, now)
            protections.open_one(streak, payment, now)
        elif settlements.credit(payment, now):
            _move(recovery, RecoveryStatus.CREDITED, now)


def fail_unpaid(*, now: datetime) -> None:
    """Write down which of those that wait for a payment wait in vain."""
    with transaction.atomic(), as_service():
        waiting = RecoveryPayment.objects.filter(status=RecoveryStatus.PENDING)
        unpaid = waiting.filter(payment__in=settlements.failed(Item.RECOVERY))
        unpaid.update(status=RecoveryStatus.FAILED, decided_at=now)


def free_left(streak: Streak, by: UUID) -> int:
    """Free recoveries that a person still has in this connection, by their tier. Needs the service role."""
    tier = User.objects.values_list("tier", flat=True).get(id=by)
    free = RecoveryPayment.objects.filter(breaker=by, pay_with=PayWith.FREE).exclude(status=RecoveryStatus.EXCUSED)
    used = free.filter(streak__connection=streak.connection_id).count()
    return max(0, settings.FREE_RECOVERIES[tier] - used)


def _way(streak: Streak, by: UUID, asked: PayWith | None) -> PayWith:
    if free_left(streak, by):
        return PayWith.FREE
    if asked == PayWith.FREE:
        raise CapacityReached("You have used your free recoveries.", code="free_recoveries_used")
    return asked or PayWith.MONEY


def _pending(streak: Streak, by: UUID, way: PayWith, now: datetime) -> RecoveryPayment | None:
    """The one whose payment is under way for the day that is open now; a free one does not wait for it."""
    waiting = RecoveryPayment.objects.filter(streak=streak, breaker=by, status=RecoveryStatus.PENDING)
    waiting.filter(payment__in=settlements.failed(Item.RECOVERY)).update(status=RecoveryStatus.FAILED, decided_at=now)
    pending = waiting.filter(day=_broken_on(streak)).first()
    if pending is not None and way == PayWith.CREDITS:
        raise WrongState("This is being paid for already.", code="payment_pending")
    return pending if way == PayWith.MONEY else None


def _broken_on(streak: Streak) -> date:
    """The day that a streak in its payment window lost."""
    assert streak.broken_on is not None
    return streak.broken_on


def _begin(streak: Streak, by: UUID, way: PayWith, now: datetime) -> RecoveryPayment:
    recovery = RecoveryPayment(streak=streak, breaker_id=by, day=_broken_on(streak), pay_with=way)
    settlements.begin(recovery, by=by, item=Item.RECOVERY, now=now)
    if way == PayWith.FREE:
        _recover(recovery, now)
    return recovery


def _in_time(streak: Streak, recovery: RecoveryPayment, now: datetime) -> bool:
    """Whether the very day that was paid for can still be recovered."""
    if streak.apart or streak.status in ENDED_STREAK:
        return False
    moves.catch_up(streak, now)
    window = streak.status == StreakStatus.PAYMENT_WINDOW and streak.broken_on == recovery.day
    return window and streak.breaker_id == recovery.breaker_id


def _recover(recovery: RecoveryPayment, now: datetime) -> None:
    recoveries.recover(streak_id=recovery.streak_id, by=recovery.breaker_id, now=now)
    _move(recovery, RecoveryStatus.RECOVERED, now)


def _move(recovery: RecoveryPayment, to: RecoveryStatus, now: datetime) -> None:
    recovery.status, recovery.decided_at = to, now
    recovery.save(update_fields=["status", "decided_at", "payment"])
