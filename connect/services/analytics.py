"""What people's apps tell of their use, for as long as they allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from config import bulk
from config.db import new_id
from config.errors import ConsentMissing, Invalid
from connect.enums import Purpose
from connect.models import AnalyticsEvent, Consent
from safety.roles import as_service


@dataclass(frozen=True)
class Told:
    """One event as an app tells it, held to `connect.events`; `client_id` is the app's own id of it."""

    client_id: UUID
    name: str
    properties: Mapping[str, Any]
    occurred_at: datetime
    session_id: UUID | None = None


def record(*, by: UUID, events: Sequence[Told], now: datetime) -> int:
    """Keep a batch whole; how many of it were not known yet.

    Raises ConsentMissing without the live consent to `analytics`, and Invalid (occurred_out_of_bounds, with the
    positions) for what happened too long ago or is still to come; then nothing is kept.
    """
    with as_service():
        _hold_consent(by)
        _check_moments(events, now)
        shared = {"user_id": by, "ingested_at": now}
        return len(bulk.insert(AnalyticsEvent, [_row(event) | shared for event in events]))


def forget(*, user_id: UUID) -> dict[str, int]:
    """Delete what a person's apps told: how many events."""
    with as_service():
        rows = AnalyticsEvent.objects.filter(user=user_id)
        deleted = rows._raw_delete(rows.db)
    return {"analytics_events": deleted} if deleted else {}


def _hold_consent(user_id: UUID) -> None:
    """Whoever takes it back meanwhile waits, and then deletes this batch with the rest."""
    live = Consent.objects.live().filter(user=user_id, purpose=Purpose.ANALYTICS)
    if live.select_for_update(no_key=True).first() is None:
        raise ConsentMissing()


def _check_moments(events: Sequence[Told], now: datetime) -> None:
    earliest, latest = now - settings.ANALYTICS_OLDEST, now + settings.ANALYTICS_AHEAD
    wrong = [i for i, event in enumerate(events) if not earliest <= event.occurred_at <= latest]
    if wrong:
        message = "An event happened in the last days, and not in the future."
        raise Invalid(message, code="occurred_out_of_bounds", positions=wrong)


def _row(event: Told) -> dict[str, Any]:
    return {
        "id": new_id(),
        "client_id": event.client_id,
        "session_id": event.session_id,
        "event_name": event.name,
        "properties": dict(event.properties),
        "occurred_at": event.occurred_at,
    }
