"""Natal charts: due when something they depend on changes, computed in batches, forgotten with consent."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Q

from config.errors import DomainError
from connect.enums import Purpose
from connect.models import BirthData, Consent, Profile
from connect.services.births import instant
from matching.engine.births import Birth, born_on, positions
from matching.engine.charts import charts_from
from matching.engine.scores import ENGINE_VERSION
from matching.engine.spread import halves
from matching.models import Chart
from matching.services import entries, portraits
from matching.vectors import packed
from safety.roles import as_service

logger = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
BATCH = 200
HALVES = {
    Purpose.ASTROLOGY: ("astrology", "astro_features", "astro_spread"),
    Purpose.HUMAN_DESIGN: ("human_design", "hd_features", "hd_spread"),
}
COMPUTED = [name for half in HALVES.values() for name in half]

Computed = dict[str, Any]
"""Both halves of one chart by field, before it is asked which of them may be kept."""


def mark_due(*, user_id: UUID, now: datetime) -> None:
    """Have the person's chart computed anew; one small write."""
    row = Chart(user_id=user_id, due_at=now)
    with as_service():
        Chart.objects.bulk_create([row], update_conflicts=True, unique_fields=["user"], update_fields=["due_at"])


def compute_due(*, now: datetime, limit: int = BATCH) -> int:
    """Compute at most `limit` charts that are due; how many were taken.

    A chart that became due again meanwhile stays due.
    """
    with transaction.atomic(), as_service():
        claimed = _claim(now, limit)
        births = _births([chart.user_id for chart in claimed])
    computed = _compute(births)
    with transaction.atomic(), as_service():
        _write(claimed, computed, now)
    return len(claimed)


def forget(*, user_id: UUID, purpose: Purpose) -> dict[str, int]:
    """Delete what was derived under a consent that is gone; how many charts lost their half."""
    names = HALVES[purpose]
    with as_service():
        # A JSON field compared to None means JSON's null, which no half ever is.
        some = Q(*((f"{name}__isnull", False) for name in names), _connector=Q.OR)
        return {"charts": Chart.objects.filter(some, user=user_id).update(**dict.fromkeys(names))}


def remove(*, user_id: UUID) -> None:
    """Delete the chart of somebody who has no birth data any more; what was not there stays so."""
    with as_service():
        Chart.objects.filter(user=user_id).delete()


def _claim(now: datetime, limit: int) -> list[Chart]:
    charts = Chart.objects.due(now).order_by("due_at").select_for_update(skip_locked=True)
    claimed = list(charts.defer(*COMPUTED)[:limit])
    Chart.objects.filter(id__in=[chart.id for chart in claimed]).update(claimed_until=now + CLAIM)
    return claimed


def _births(user_ids: list[UUID]) -> dict[UUID, Birth]:
    """Births of those who gave date and place."""
    dates = dict(Profile.objects.filter(user__in=user_ids).values_list("user_id", "birth_date"))
    births = {row.user_id: _birth(row, dates.get(row.user_id)) for row in BirthData.objects.filter(user__in=user_ids)}
    return {user_id: birth for user_id, birth in births.items() if birth is not None}


def _birth(row: BirthData, day: date | None) -> Birth | None:
    """None without a date, or for a local time that never was: one such birth must not stop the batch."""
    if day is None:
        return None
    latitude, longitude = float(row.latitude), float(row.longitude)
    try:
        if row.time is None:
            return born_on(day, ZoneInfo(row.timezone), latitude, longitude)
        return Birth(instant(day, row.time, row.timezone), latitude, longitude)
    except (ValueError, KeyError, DomainError) as exc:
        logger.warning("birth_not_computable", birth_id=str(row.id), error=type(exc).__name__)
        return None


def _compute(births: dict[UUID, Birth]) -> dict[UUID, Computed]:
    """All charts out of one computation of positions."""
    if not births:
        return {}
    rows = positions(list(births.values()))
    shown = charts_from(list(births.values()), rows)
    astro, hd = halves(rows)
    people = zip(births, shown, astro.mean, astro.factors, hd.mean, hd.factors, strict=True)
    return {
        user_id: {
            "astrology": portraits.astrology(chart),
            "human_design": portraits.human_design(chart),
            "astro_features": astro_mean,
            "astro_spread": packed(astro_factor),
            "hd_features": hd_mean,
            "hd_spread": packed(hd_factor),
        }
        for user_id, chart, astro_mean, astro_factor, hd_mean, hd_factor in people
    }


def _write(claimed: list[Chart], computed: dict[UUID, Computed], now: datetime) -> None:
    """Keep what the consents allow, read under the lock of the charts that revoking one takes too."""
    claims = {chart.id: chart.due_at for chart in claimed}
    charts = list(Chart.objects.filter(id__in=list(claims)).order_by("id").select_for_update())
    allowed = _allowed([chart.user_id for chart in charts])
    for chart in charts:
        _fill(chart, computed.get(chart.user_id), allowed[chart.user_id])
        chart.due_at = None if chart.due_at == claims[chart.id] else chart.due_at
        chart.claimed_until, chart.computed_at, chart.engine_version = None, now, ENGINE_VERSION
    Chart.objects.bulk_update(charts, [*COMPUTED, "due_at", "claimed_until", "computed_at", "engine_version"])
    entries.mark_due(user_ids=[chart.user_id for chart in charts], now=now)


def _allowed(user_ids: list[UUID]) -> dict[UUID, set[str]]:
    allowed: dict[UUID, set[str]] = defaultdict(set)
    live = Consent.objects.live().filter(user__in=user_ids, purpose__in=list(HALVES))
    for user_id, purpose in live.values_list("user_id", "purpose"):
        allowed[user_id].add(purpose)
    return allowed


def _fill(chart: Chart, computed: Computed | None, allowed: set[str]) -> None:
    for purpose, names in HALVES.items():
        for name in names:
            setattr(chart, name, computed[name] if computed and purpose in allowed else None)
