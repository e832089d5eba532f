"""Entries of the audit log that no state machine writes by itself."""

from typing import Any
from uuid import UUID

import structlog

from safety.models import AuditLog
from safety.roles import as_service


def record(*, action: str, actor: UUID | None, entity: str, entity_id: UUID | None, **data: Any) -> None:
    """Write down that `actor` (None: the system) did `action` to a row. Names and numbers only, never texts."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    with as_service():
        AuditLog.objects.create(
            action=action,
            actor_id=actor,
            request_id=request_id,
            entity=entity,
            entity_id=entity_id,
            data=data,
        )
