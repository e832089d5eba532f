"""What somebody means to do this week; for nobody but them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from connect.services import texts
from streaks.engine.rituals import week_start
from streaks.enums import XpSource
from streaks.models import WeeklyIntent
from streaks.services import rituals, xp


@dataclass(frozen=True)
class Week:
    """A week by its Monday, and what is meant to be done in it, if anything is."""

    week_start_date: date
    intent: str | None = None
    updated_at: datetime | None = None


def this_week(*, by: UUID, now: datetime) -> Week:
    """The ISO week that it is by the person's clock. Runs as the person."""
    monday = week_start(rituals.local_date(by, now))
    kept = WeeklyIntent.objects.filter(user=by, week_start_date=monday).first()
    return _week(kept) if kept else Week(monday)


def keep(*, by: UUID, intent: str, now: datetime) -> Week:
    """Keep what a person means to do this week, in the place of what stood there. Runs as the person.

    Raises TextRefused.
    """
    texts.check("intent", intent)
    monday = week_start(rituals.local_date(by, now))
    kept, fresh = WeeklyIntent.objects.update_or_create(
        user_id=by, week_start_date=monday, defaults={"intent": intent, "updated_at": now}
    )
    if fresh:
        xp.earn(by, source=XpSource.WEEKLY_INTENT, source_ref_id=kept.id, now=now)
    return _week(kept)


def _week(kept: WeeklyIntent) -> Week:
    return Week(kept.week_start_date, kept.intent, kept.updated_at)
