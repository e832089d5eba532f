"""Where higher apps say how to show what a report is about, since this app may not look up."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

logger = structlog.get_logger(__name__)

# (subject id, reporter id) -> plain JSON, or None when the subject does not exist or the reporter takes no part in it.
Collector = Callable[[UUID, UUID], dict[str, Any] | None]

_collectors: dict[str, Collector] = {}


def register(kind: str, collector: Collector) -> None:
    """Called from `apps.ready()` of the app that owns the kind."""
    _collectors[kind] = collector


def collect(kind: str, subject_id: UUID, reporter_id: UUID) -> dict[str, Any] | None:
    """The evidence, or that it could not be had: nobody is kept from asking for help by a fault of ours."""
    try:
        with transaction.atomic():
            return _collectors[kind](subject_id, reporter_id)
    except Exception:
        logger.exception("evidence_failed", kind=kind, subject_id=str(subject_id))
        return {"unavailable": True}
