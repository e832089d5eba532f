"""Sending the mail and the text messages that are due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import MessageError
from typing import TypeVar

import httpx
import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q

from connect import sms
from connect.models import OutgoingMail, OutgoingSms
from connect.models.mail import Outgoing
from safety.roles import as_service

logger = structlog.get_logger(__name__)

BATCH = 50
CLAIM = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
MAX_WAIT = timedelta(hours=1)
# The server is away, or the message itself cannot be written; neither must stop those after it.
FAILURES = (OSError, ValueError, MessageError, httpx.HTTPError)

Row = TypeVar("Row", bound=Outgoing)


def send_due(*, now: datetime) -> int:
    """Send the mail that is due, each once; how many went out."""
    return _send_all(OutgoingMail, _mail, now)


def send_sms_due(*, now: datetime) -> int:
    """Send the text messages that are due, each once; how many went out."""
    return _send_all(OutgoingSms, _text, now)


def _send_all(kind: type[Row], send: Callable[[Row], None], now: datetime) -> int:
    """Claimed and committed first, so that no lock is held while a server talks."""
    sent = 0
    for row in _claim(kind, now):
        if _went_out(row, send):
            sent += 1
            row.delete()
        elif now - row.created_at > kind.give_up:
            logger.error("message_given_up", kind=kind.__name__, id=str(row.id), attempts=row.attempts)
            row.delete()
        else:
            _postpone(row, now)
    return sent


def _claim(kind: type[Row], now: datetime) -> list[Row]:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with transaction.atomic(), as_service():
        due = kind._default_manager.filter(free, due_at__lte=now).order_by("due_at")
        rows = list(due.select_for_update(skip_locked=True)[:BATCH])
        ids = [row.id for row in rows]
        kind._default_manager.filter(id__in=ids).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    return rows


def _went_out(row: Row, send: Callable[[Row], None]) -> bool:
    try:
        send(row)
    except FAILURES as exc:
        failed = {"kind": type(row).__name__, "id": str(row.id), "error": type(exc).__name__}
        logger.warning("message_failed", attempts=row.attempts, **failed)
        return False
    return True


def _mail(mail: OutgoingMail) -> None:
    EmailMessage(mail.subject, mail.body, to=[mail.to], headers={"Message-ID": f"<{mail.id}@maitribe>"}).send()


def _text(text: OutgoingSms) -> None:
    sms.sender().send(to=text.to, body=text.body, key=str(text.id))


def _postpone(row: Outgoing, now: datetime) -> None:
    wait = min(MAX_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 10))
    type(row)._default_manager.filter(id=row.id).update(due_at=now + wait, claimed_until=None)
