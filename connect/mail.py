"""Mail out: rows that a worker sends."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.db import transaction

from connect.models import OutgoingMail

logger = structlog.get_logger(__name__)


class FolderBackend(EmailBackend):
    """The embedded default: mail goes to files under `var/mail` and to the log, and to nobody."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            logger.info("mail_kept", to=message.to, subject=message.subject, body=message.body)
        return super().send_messages(messages) or 0


def enqueue(*, to: str, subject: str, body: str, now: datetime) -> OutgoingMail:
    """Have a mail sent once this transaction is committed."""
    row = OutgoingMail.objects.create(to=to, subject=subject, body=body, due_at=now)
    transaction.on_commit(_hint, robust=True)
    return row


def _hint() -> None:
    from connect.tasks import send_mail

    send_mail.delay()
