"""Sending the mail that is due."""

from datetime import datetime, timedelta
from email.errors import MessageError

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q

from connect.models import OutgoingMail
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 50
CLAIM = timedelta(minutes=2)
MAX_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(days=1)


def send_due(*, now: datetime) -> int:
    """Send what is due, each mail once: claimed and committed first, so that no lock is held while a server talks."""
    sent = 0
    for mail in _claim(now):
        if _send(mail):
            sent += 1
            mail.delete()
        elif now - mail.created_at > GIVE_UP:
            logger.error("mail_given_up", mail_id=str(mail.id), attempts=mail.attempts)
            mail.delete()
        else:
            _postpone(mail, now)
    return sent


def _claim(now: datetime) -> list[OutgoingMail]:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with transaction.atomic(), as_service():
        due = OutgoingMail.objects.filter(free, due_at__lte=now).order_by("due_at")
        mails = list(due.select_for_update(skip_locked=True)[:BATCH])
        ids = [mail.id for mail in mails]
        OutgoingMail.objects.filter(id__in=ids).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    return mails


def _send(mail: OutgoingMail) -> bool:
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to], headers={"Message-ID": f"<{mail.id}@maitribe>"}).send()
    except (OSError, ValueError, MessageError) as exc:
        # The last two say that the mail itself cannot be written; it must not stop those after it.
        logger.warning("mail_failed", mail_id=str(mail.id), attempts=mail.attempts, error=type(exc).__name__)
        return False
    return True


def _postpone(mail: OutgoingMail, now: datetime) -> None:
    wait = min(MAX_WAIT, timedelta(seconds=30) * 2 ** min(mail.attempts, 10))
    OutgoingMail.objects.filter(id=mail.id).update(due_at=now + wait, claimed_until=None)
