"""Telling a person something: in their list, over their sockets and, by a worker, on their devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from config import bulk
from config.db import new_id
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


def send(notes: Iterable[Note]) -> None:
    """Store the notes in one statement and publish each to its person after commit."""
    told = [(new_id(), note) for note in notes]
    if not told:
        return
    with as_service():
        bulk.insert(Notification, [_row(id, note) for id, note in told])
    publish_each(
        (note.user_id, "notification", {"id": str(id), "type": note.type, "title": note.title}) for id, note in told
    )


def _row(id: UUID, note: Note) -> dict[str, Any]:
    return {
        "id": id,
        "user_id": note.user_id,
        "type": note.type,
        "title": note.title,
        "message": note.message,
        "related_id": note.related_id,
        "related_type": note.related_type or "",
        "to_push": push.is_on(),
    }
