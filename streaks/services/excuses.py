"""Days on which we were down break nothing, for anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from streaks.engine import days, states
from streaks.models import Outage


@dataclass(frozen=True)
class Calendar:
    """Outages, as spans of time."""

    spans: tuple[tuple[datetime, datetime], ...]

    def excuses(self, zone: str, day: date) -> bool:
        """Whether any outage touches this day there."""
        begins, ends = days.begins(zone, day), days.ends(zone, day)
        return any(start < ends and end > begins for start, end in self.spans)

    def excused_in(self, zone: str) -> states.Excused:
        return lambda day: self.excuses(zone, day)


def known() -> Calendar:
    """Every outage on record; they are few. Needs the service role."""
    return calendar(Outage.objects.all())


def calendar(outages: Iterable[Outage]) -> Calendar:
    return Calendar(tuple((outage.starts_at, outage.ends_at) for outage in outages))
