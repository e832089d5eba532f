"""Letting people see each other, and taking it back."""

from datetime import datetime
from uuid import UUID

from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Disclosure
from safety.roles import as_service


def grant_mutual(
    *,
    first: UUID,
    second: UUID,
    level: DisclosureLevel,
    source: DisclosureSource,
    source_id: UUID,
    now: datetime,
) -> None:
    """Let two people see each other; granting twice is once."""
    rows = [
        Disclosure(
            viewer_id=viewer,
            subject_id=subject,
            level=level,
            source=source,
            source_id=source_id,
            granted_at=now,
        )
        for viewer, subject in ((first, second), (second, first))
    ]
    with as_service():
        Disclosure.objects.bulk_create(rows, ignore_conflicts=True)


def revoke_between(*, first: UUID, second: UUID, now: datetime) -> None:
    """Hide two people from each other again."""
    with as_service():
        Disclosure.objects.between(first, second).live().update(revoked_at=now)
