"""What happened to a streak, in order: check-ins, nudges, recoveries, and every move with who made it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from config.admin import told
from safety.models import AuditLog
from streaks.models import CheckIn, Nudge, NudgePayment, RecoveryPayment, Streak

SHOWN = 500


class Entry(NamedTuple):
    """One thing that happened; `at` by the clock of the streak, `who` is "low", "high" or nobody of the two."""

    at: datetime
    who: str
    what: str


def of(streak: Streak) -> list[Entry]:
    """The first entries of a streak, oldest first. Needs a role that may read all of it."""
    clock = ZoneInfo(streak.timezone)
    found = sorted(
        [*_check_ins(streak), *_nudges(streak), *_recoveries(streak), *_bought_nudges(streak), *_moves(streak)]
    )[:SHOWN]
    return [entry._replace(at=entry.at.astimezone(clock)) for entry in found]


def _check_ins(streak: Streak) -> Iterator[Entry]:
    for made in CheckIn.objects.filter(streak=streak).order_by("checked_in_at")[:SHOWN]:
        what = f"checked in for {made.local_date} ({made.effort_signal}, cycle {made.cycle})"
        yield Entry(made.checked_in_at, _side(streak, made.user_id), what)


def _nudges(streak: Streak) -> Iterator[Entry]:
    for nudge in Nudge.objects.filter(streak=streak).order_by("sent_at")[:SHOWN]:
        yield Entry(nudge.sent_at, _side(streak, nudge.sender_id), f"nudge {nudge.number} of {nudge.local_date}")


def _recoveries(streak: Streak) -> Iterator[Entry]:
    for made in RecoveryPayment.objects.filter(streak=streak).order_by("id")[:SHOWN]:
        who, what = _side(streak, made.breaker_id), f"recovery of {made.day}, {made.pay_with}"
        yield Entry(made.created_at, who, f"asked for a {what}")
        if made.decided_at:
            yield Entry(made.decided_at, who, f"{what}: {made.status}")


def _bought_nudges(streak: Streak) -> Iterator[Entry]:
    for made in NudgePayment.objects.filter(streak=streak).order_by("id")[:SHOWN]:
        who, what = _side(streak, made.sender_id), f"one more nudge on {made.day}, {made.pay_with}"
        yield Entry(made.created_at, who, f"asked for {what}")
        if made.decided_at:
            yield Entry(made.decided_at, who, f"{what}: {made.status}")


def _moves(streak: Streak) -> Iterator[Entry]:
    entries = AuditLog.objects.filter(entity=streak._meta.db_table, entity_id=streak.pk)
    for entry in entries.order_by("created_at", "id")[:SHOWN]:
        yield Entry(entry.created_at, _side(streak, entry.actor_id), told(entry))


def _side(streak: Streak, person: object) -> str:
    return {streak.user_low_id: "low", streak.user_high_id: "high"}.get(person, "the system")  # type: ignore[call-overload]
