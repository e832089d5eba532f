"""Points for what people do: once for each thing, and so many a day at most."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from connect.models import User
from safety.roles import as_service
from streaks.engine import days
from streaks.enums import XpSource
from streaks.models import XpEntry


def earn(*people: UUID, source: XpSource, source_ref_id: UUID, now: datetime) -> None:
    """Award each of these people what `settings.XP` gives for a source."""
    for user_id in sorted(people):
        award(
            user_id=user_id,
            delta=settings.XP[source],
            source_type=source,
            source_ref_id=source_ref_id,
            now=now,
        )


def award(*, user_id: UUID, delta: int, source_type: XpSource, source_ref_id: UUID, now: datetime) -> XpEntry | None:
    """Write points into the ledger of a person, once for the same thing, as far as their local day has room.

    None where there is nothing to write: it was awarded before, the day is full, or the person is gone. Two at once
    wait for each other at the person's row.
    """
    with as_service():
        held = User.objects.select_for_update(no_key=True).filter(id=user_id)
        zone = held.values_list("timezone", flat=True).first()
        own = XpEntry.objects.filter(user=user_id)
        if zone is None or own.filter(source_type=source_type, source_ref_id=source_ref_id).exists():
            return None
        given = min(delta, settings.XP_A_DAY - _of_day(user_id, zone, now))
        if given <= 0:
            return None
        return XpEntry.objects.create(
            user_id=user_id,
            xp_delta=given,
            source_type=source_type,
            source_ref_id=source_ref_id,
            awarded_at=now,
        )


def balance(user_id: UUID) -> int:
    """What a person has; run as them or as the service."""
    return XpEntry.objects.filter(user=user_id).aggregate(sum=Sum("xp_delta"))["sum"] or 0


def _of_day(user_id: UUID, zone: str, now: datetime) -> int:
    today = days.local_date(zone, now)
    lately = XpEntry.objects.filter(
        user=user_id, awarded_at__gte=days.begins(zone, today), awarded_at__lt=days.ends(zone, today)
    )
    return lately.aggregate(sum=Sum("xp_delta"))["sum"] or 0
