"""Nothing is kept longer than its class says."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from safety import personal_data
from safety.personal_data import Part
from safety.roles import as_service

BATCH = 500


def apply(*, now: datetime) -> dict[str, int]:
    """Delete what is kept long enough, a batch a transaction, so that whenever it is killed it can go on; how many rows
    of which tables.
    """
    return {part.name: _sweep(part, now) for part in personal_data.parts() if part.retention}


def _sweep(part: Part, now: datetime) -> int:
    swept = BATCH
    total = 0
    while swept == BATCH:
        swept = _sweep_batch(part, now)
        total += swept
    return total


def _sweep_batch(part: Part, now: datetime) -> int:
    assert part.retention
    moment = now - settings.RETENTION[part.retention.term]
    with transaction.atomic(), as_service():
        return part.retention.sweep(part.model, moment, BATCH)
