"""What a person does with their own notifications."""

from datetime import datetime
from uuid import UUID

from config.errors import NotYours
from connect.models import Notification


def mark_read(*, notification_id: UUID, user_id: UUID, now: datetime) -> Notification:
    """Note that a notification was read; reading it again keeps the first time. Raises NotYours."""
    own = Notification.objects.filter(id=notification_id, user=user_id)
    own.unread().update(read_at=now)
    notification = own.first()
    if notification is None:
        raise NotYours()
    return notification


def remove(*, notification_id: UUID, user_id: UUID) -> None:
    """Delete a notification. Raises NotYours."""
    deleted, _ = Notification.objects.filter(id=notification_id, user=user_id).delete()
    if not deleted:
        raise NotYours()
