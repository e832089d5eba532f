"""Interests in people who cannot answer any more.

Each sweep notes since when a receiver is unavailable, forgets it when they are back, and lets go what has waited too
long. Interests that somebody holds right now are passed over: the next sweep comes to them.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from matching.enums import InterestStatus
from matching.models import Interest
from matching.services.meetings import available
from safety.roles import as_service

BATCH = 500


def sweep(*, now: datetime) -> int:
    """Bring one batch of each kind up to date; how many interests that were."""
    absent = ~Q(receiver__in=available(now).values("id"))
    overdue = Q(unavailable_since__lte=now - settings.INTEREST_LAPSES_AFTER)
    changes: list[tuple[Q, dict[str, Any]]] = [
        (~absent & Q(unavailable_since__isnull=False), {"unavailable_since": None}),
        (absent & Q(unavailable_since=None), {"unavailable_since": now}),
        (absent & overdue, {"status": InterestStatus.LAPSED, "decided_at": now}),
    ]
    return sum(_change(which, values) for which, values in changes)


def _change(which: Q, values: dict[str, Any]) -> int:
    with transaction.atomic(), as_service():
        held = Interest.objects.pending().filter(which).order_by("id")
        ids = list(held.select_for_update(skip_locked=True, of=("self",)).values_list("id", flat=True)[:BATCH])
        return Interest.objects.filter(id__in=ids).update(**values)
