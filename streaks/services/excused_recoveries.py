"""Recoveries of days that an outage of ours turns out to have touched: what they cost is given back."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from config import isolation
from config.errors import NotYours
from safety.roles import as_service
from streaks.enums import RecoveryStatus
from streaks.models import RecoveryPayment
from streaks.services import locks, protections
from streaks.services.excuses import Calendar

BATCH = 500
Found = tuple[UUID, UUID]


def give_back(calendar: Calendar, *, between: tuple[date, date], now: datetime) -> int:
    """Make credits of what was paid for days that the calendar excuses; a free recovery may be used once more.

    Of the days between two; each recovery in its own transaction, once. How many were found: at most a batch.
    """
    with transaction.atomic(), as_service():
        found = _excused(calendar, between)
    isolation.each(_excuse, ((*row, now) for row in found), failed="recovery_not_given_back")
    return len(found)


def _excused(calendar: Calendar, between: tuple[date, date]) -> list[Found]:
    found: list[Found] = []
    recovered = RecoveryPayment.objects.filter(status=RecoveryStatus.RECOVERED, day__range=between)
    places = set(recovered.values_list("streak__timezone", "day").distinct())
    for zone, day in sorted(places):
        if calendar.excuses(zone, day):
            there = recovered.filter(streak__timezone=zone, day=day).order_by("?")
            found += there.values_list("id", "streak_id")[: BATCH - len(found)]
    return found


def _excuse(recovery_id: UUID, streak_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            locks.pair_and_streak(streak_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        recovered = RecoveryPayment.objects.filter(id=recovery_id, status=RecoveryStatus.RECOVERED)
        recovery = recovered.select_for_update(no_key=True, of=("self",)).select_related("payment").first()
        if recovery is None:
            return False
        recovery.status, recovery.decided_at = RecoveryStatus.EXCUSED, now
        recovery.save(update_fields=["status", "decided_at"])
        if recovery.payment is not None:
            protections.not_needed(payment=recovery.payment, now=now)
        return True
