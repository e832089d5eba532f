"""What people's accounts do when protection tells of a decision, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from connect import mail
from connect.enums import NotificationType, RelatedType, UserStatus
from connect.models import User
from connect.services import notifications
from connect.services import standing as standings
from connect.services.notifications import Note
from safety.services.actions import Standing
from safety.services.notices import Notice
from safety.signals import access_changed, person_told

TYPES = {
    "report": NotificationType.REPORT_OUTCOME,
    "action": NotificationType.MODERATION,
    "appeal": NotificationType.APPEAL_DECIDED,
    "case": NotificationType.MODERATION,
}
RELATED = {
    "report": RelatedType.REPORT,
    "action": RelatedType.ACTION,
    "appeal": RelatedType.APPEAL,
    "case": RelatedType.REPORT,
}


@receiver(access_changed)
def follow_actions(*, user_id: UUID, standing: Standing, now: datetime, **kwargs: Any) -> None:
    standings.apply(user_id=user_id, standing=standing, now=now)


@receiver(person_told)
def tell(*, notice: Notice, now: datetime, **kwargs: Any) -> None:
    """In the person's list, and by mail where there is a letter and an address; nobody who is gone is told."""
    person = User.objects.exclude(status=UserStatus.DELETED).filter(id=notice.user_id)
    address = person.values_list("email", flat=True).first()
    if not person.exists():
        return
    notifications.send([_note(notice)])
    if notice.letter and address:
        mail.enqueue(to=address, subject=notice.title, body=notice.letter, now=now)


def _note(notice: Notice) -> Note:
    return Note(
        user_id=notice.user_id,
        type=TYPES[notice.about],
        title=notice.title,
        message=notice.message,
        related_id=notice.about_id,
        related_type=RELATED[notice.about],
    )
