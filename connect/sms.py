"""Text messages out: rows that a worker hands to whom the settings name."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx
import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from config import hints
from connect.models import OutgoingSms

logger = structlog.get_logger(__name__)


class Sender(Protocol):
    """Delivers one message. `key` is the same each time the same message is tried again."""

    def send(self, *, to: str, body: str, key: str) -> None:
        """Raises OSError, ValueError or httpx.HTTPError when the message did not go out."""


class FolderSender:
    """The embedded default: messages go to files under `var/sms` and to the log, and to nobody."""

    def send(self, *, to: str, body: str, key: str) -> None:
        folder = Path(settings.SMS_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.txt").write_text(f"To: {to}\n\n{body}\n")
        logger.info("sms_kept", to=to, body=body)


class HttpSender:
    """A provider that takes messages as Twilio does: a form posted to SMS_URL with the account's name and token.

    A provider that knows the Idempotency-Key sends a message that is tried again only once.
    """

    def send(self, *, to: str, body: str, key: str) -> None:
        reply = httpx.post(
            settings.SMS_URL,
            data={"To": to, "From": settings.SMS_FROM, "Body": body},
            auth=(settings.SMS_ACCOUNT, settings.SMS_TOKEN),
            headers={"Idempotency-Key": key},
            timeout=settings.SMS_TIMEOUT,
        )
        reply.raise_for_status()


def forget(number: str) -> None:
    """Delete every message to a number from the folder, where messages are kept in one."""
    if f"{FolderSender.__module__}.{FolderSender.__qualname__}" != settings.SMS_BACKEND:
        return
    for path in Path(settings.SMS_FILE_PATH).glob("*.txt"):
        if path.read_text().startswith(f"To: {number}\n"):
            path.unlink()


def sender() -> Sender:
    """The one that the setting SMS_BACKEND names."""
    made: Sender = import_string(settings.SMS_BACKEND)()
    return made


def enqueue(*, to: str, body: str, now: datetime) -> OutgoingSms:
    """Have a message sent once this transaction is committed."""
    row = OutgoingSms.objects.create(to=to, body=body, due_at=now)
    hints.after_commit("connect.tasks.send_sms")
    return row
