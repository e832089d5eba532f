"""Recording that we were down, and mending what it broke."""

from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from config import isolation
from config.errors import Invalid, NotYours
from safety.roles import as_service
from safety.services import audit
from streaks.engine import states
from streaks.enums import StreakStatus
from streaks.models import Outage, Streak
from streaks.services import excused_recoveries, excuses, locks, moves
from streaks.services.excuses import Calendar

logger = structlog.get_logger(__name__)

BATCH = 500
_MENDED = [StreakStatus.PAYMENT_WINDOW, StreakStatus.RESET, StreakStatus.ACTIVE, StreakStatus.AT_RISK]
_WIDEST = timedelta(days=2)
"""More than any clock differs from UTC, with the day itself."""
STILL_LOOKED_FOR = timedelta(minutes=15)
"""A rollover that began before an outage was on record may still break what it excuses."""


def record(*, starts_at: datetime, ends_at: datetime, note: str, by: UUID | None, now: datetime) -> Outage:
    """Put an outage that is over on record; the streaks it broke are mended soon. Raises Invalid as `check` does."""
    check(starts_at=starts_at, ends_at=ends_at, now=now)
    with transaction.atomic(), as_service():
        outage = Outage.objects.create(starts_at=starts_at, ends_at=ends_at, note=note, due_at=now)
        audit.record(action="outage_recorded", actor=by, entity="streaks_outage", entity_id=outage.id)
    return outage


def check(*, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises Invalid (outage_takes_time, outage_goes_on, outage_too_long, outage_too_old)."""
    longest, remembered = settings.OUTAGE_LONGEST, settings.OUTAGE_REMEMBERED
    if ends_at <= starts_at:
        raise Invalid("An outage ends after it starts.", code="outage_takes_time")
    if ends_at > now:
        raise Invalid("This has not ended yet.", code="outage_goes_on")
    if ends_at - starts_at > longest:
        raise Invalid(f"An outage takes at most {longest.days} days.", code="outage_too_long")
    if now - starts_at > remembered:
        raise Invalid(f"An outage began at most {remembered.days} days ago.", code="outage_too_old")


def mend_due(*, now: datetime) -> int:
    """Restore the streaks that recorded outages broke, and give back what recoveries of such days cost, each in its
    own transaction. How many.

    Each stands for itself: what goes wrong with one is logged, and the others go on. What is mended is not
    found again; an outage is done when nothing was left to find for a while.
    """
    with transaction.atomic(), as_service():
        due = list(Outage.objects.filter(due_at__lte=now).order_by("due_at"))
    return sum(_mend_after(outage, now) for outage in due)


def _mend_after(outage: Outage, now: datetime) -> int:
    try:
        with transaction.atomic(), as_service():
            broken = _broken(excuses.calendar([outage]))
        mended = isolation.each(_mend, ((streak_id, now) for streak_id in broken), failed="streak_not_mended")
        given_back = _give_back(outage, now)
        if max(len(broken), given_back) < BATCH:
            with transaction.atomic(), as_service():
                done = Outage.objects.filter(id=outage.id, due_at__lte=now - STILL_LOOKED_FOR)
                done.update(due_at=None)
    except Exception:
        logger.exception("outage_not_mended", outage_id=str(outage.id))
        return 0
    return mended + given_back


def _give_back(outage: Outage, now: datetime) -> int:
    days = _near(outage.starts_at, outage.ends_at)
    return excused_recoveries.give_back(excuses.calendar([outage]), between=(days[0], days[-1]), now=now)


def _broken(calendar: Calendar) -> list[UUID]:
    """Some of the streaks that a day took something from which the calendar excuses."""
    found: list[UUID] = []
    for start, end in calendar.spans:
        near = _near(start, end)
        mended = Streak.objects.filter(status__in=_MENDED)
        zones = mended.filter(_broke_on(near)).order_by("timezone").values_list("timezone", flat=True).distinct()
        for zone in zones:
            if excused := [day for day in near if calendar.excuses(zone, day)]:
                there = mended.filter(_broke_on(excused), timezone=zone).order_by("?")
                found += there.values_list("id", flat=True)[: BATCH - len(found)]
    return found


def _broke_on(days: list[date]) -> Q:
    """Of streaks that broke on one of these days, or whose window closed then; once or since again."""
    earlier = reduce(or_, (Q(earlier__contains=[[day.isoformat()]]) for day in days))
    return Q(broken_on__in=days) | Q(closed_on__in=days) | (~Q(earlier=[]) & earlier)


def _near(start: datetime, end: datetime) -> list[date]:
    """The days that a span may touch somewhere, as far as there are days."""
    first = max(start.date(), date.min + _WIDEST) - _WIDEST
    last = min(end.date(), date.max - _WIDEST) + _WIDEST
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _mend(streak_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            streak = locks.pair_and_streak(streak_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        moves.catch_up(streak, now)
        if streak.status not in _MENDED:
            return False
        path = states.mend(moves.state_of(streak), excuses.known().excused_in(streak.timezone), now)
        moves.write(streak, path, now)
        return bool(path)
