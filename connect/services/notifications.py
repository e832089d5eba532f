"""Telling a person something: in their list, over their sockets and, by a worker, on their devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from config import bulk
from connect import push
from connect.enums import NotificationType, RelatedType
from connect.models import Notification
from connect.realtime import publish_each
from safety.roles import as_service


@dataclass(frozen=True)
class Note:
    """One thing to tell one person."""

    user_id: UUID
    type: NotificationType
    title: str
    message: str = ""
    related_id: UUID | None = None
    related_type: RelatedType | None = None


def send(notes: Iterable[Note]) -> list[Notification]:
    """Store the notes in one statement and publish each to its person after commit."""
    rows = [
        Notification(
            user_id=note.user_id,
            type=note.type,
            title=note.title,
            message=note.message,
            related_id=note.related_id,
            related_type=note.related_type or "",
            to_push=push.is_on(),
        )
        for note in notes
    ]
    if not rows:
        return rows
    with as_service():
        bulk.insert(rows)
    publish_each(
        (row.user_id, "notification", {"id": str(row.id), "type": row.type, "title": row.title}) for row in rows
    )
    return rows
