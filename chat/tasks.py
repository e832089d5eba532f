"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task
from django.utils import timezone

from chat.services import conversations, presence, reveals


@shared_task
def expire_reveals() -> None:
    """Each offer lapses in its own transaction, so that a task killed half way loses nothing."""
    reveals.expire_overdue(now=timezone.now())


@shared_task
def close_silent() -> None:
    conversations.close_silent(now=timezone.now())


@shared_task
def close_banned() -> None:
    conversations.close_banned(now=timezone.now())


@shared_task
def sweep_presence() -> None:
    presence.sweep(now=timezone.now())
