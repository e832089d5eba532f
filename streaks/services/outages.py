"""Recording that we were down, and mending what it broke."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from config.errors import Invalid, NotYours
from safety.roles import as_service
from safety.services import audit
from streaks.engine import states
from streaks.enums import StreakStatus
from streaks.models import Outage, Streak
from streaks.services import excuses, locks, moves
from streaks.services.excuses import Calendar

BATCH = 500
_MENDED = [StreakStatus.PAYMENT_WINDOW, StreakStatus.RESET, StreakStatus.ACTIVE, StreakStatus.AT_RISK]
_WIDEST = timedelta(days=2)
"""More than any clock differs from UTC, with the day itself."""
STILL_LOOKED_FOR = timedelta(minutes=15)
"""A rollover that began before an outage was on record may still break what it excuses."""


def record(*, starts_at: datetime, ends_at: datetime, note: str, by: UUID | None, now: datetime) -> Outage:
    """Put an outage on record; the streaks it broke are mended soon. Raises Invalid (outage_takes_time)."""
    if ends_at <= starts_at:
        raise Invalid("An outage ends after it starts.", code="outage_takes_time")
    with transaction.atomic(), as_service():
        outage = Outage.objects.create(starts_at=starts_at, ends_at=ends_at, note=note, due_at=now)
        audit.record(action="outage_recorded", actor=by, entity="streaks_outage", entity_id=outage.id)
    return outage


def mend_due(*, now: datetime) -> int:
    """Restore the streaks that recorded outages broke, each in its own transaction. How many.

    What is mended is not found again; an outage is done when nothing was left to find for a while.
    """
    with transaction.atomic(), as_service():
        due = list(Outage.objects.filter(due_at__lte=now))
        broken = _broken(excuses.calendar(due)) if due else []
    mended = sum(_mend(streak_id, now) for streak_id in broken)
    if len(broken) < BATCH:
        with transaction.atomic(), as_service():
            done = Outage.objects.filter(id__in=[outage.id for outage in due])
            done.filter(due_at__lte=now - STILL_LOOKED_FOR).update(due_at=None)
    return mended


def _broken(calendar: Calendar) -> list[UUID]:
    """Some of the streaks that a day broke which the calendar excuses."""
    found: list[UUID] = []
    for start, end in calendar.spans:
        near = (start - _WIDEST).date(), (end + _WIDEST).date()
        broken = Streak.objects.filter(status__in=_MENDED, broken_on__range=near)
        places = set(broken.values_list("timezone", "broken_on").distinct())
        for zone, day in sorted(places):
            if day and calendar.excuses(zone, day):
                there = broken.filter(timezone=zone, broken_on=day).order_by("id")
                found += there.values_list("id", flat=True)[: BATCH - len(found)]
    return found


def _mend(streak_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            streak = locks.pair_and_streak(streak_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        moves.catch_up(streak, now)
        broken = streak.broken_on if streak.status in _MENDED else None
        if broken is None or not excuses.known().excuses(streak.timezone, broken):
            return False
        moves.write(streak, states.mend(moves.state_of(streak), now), now)
        return True
