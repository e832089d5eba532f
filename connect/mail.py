"""Mail out: rows that a worker sends."""

from collections.abc import Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.utils.module_loading import import_string

from config import hints
from connect.models import OutgoingMail

RULE = b"-" * 79 + b"\n"
"""What Django's file backend writes after each mail."""

logger = structlog.get_logger(__name__)


class FolderBackend(EmailBackend):
    """The embedded default: mail goes to files under `var/mail` and to the log, and to nobody."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            logger.info("mail_kept", to=message.to, subject=message.subject, body=message.body)
        return super().send_messages(messages) or 0


def forget(address: str) -> None:
    """Take every mail to an address out of the folder, where mail is kept in one. A file may hold several."""
    if not issubclass(import_string(settings.EMAIL_BACKEND), FolderBackend):
        return
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        mails = path.read_bytes().split(RULE)
        kept = [mail for mail in mails if not _is_to(address, mail)]
        if not any(map(bytes.strip, kept)):
            path.unlink()
        elif len(kept) < len(mails):
            path.write_bytes(RULE.join(kept))


def _is_to(address: str, mail: bytes) -> bool:
    named = getaddresses(BytesHeaderParser().parsebytes(mail).get_all("To", []))
    return address.lower() in (found.lower() for _, found in named)


def enqueue(*, to: str, subject: str, body: str, now: datetime) -> OutgoingMail:
    """Have a mail sent once this transaction is committed."""
    row = OutgoingMail.objects.create(to=to, subject=subject, body=body, due_at=now)
    hints.after_commit("connect.tasks.send_mail")
    return row
