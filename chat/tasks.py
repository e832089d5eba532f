"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task

from chat.services import conversations, presence, reveals, silences
from config import clock


@shared_task
def expire_reveals() -> None:
    """Each offer lapses in its own transaction, so that a task killed half way loses nothing."""
    reveals.expire_overdue(now=clock.now())


@shared_task
def close_silent() -> None:
    conversations.close_silent(now=clock.now())


@shared_task
def close_banned() -> None:
    conversations.close_banned(now=clock.now())


@shared_task
def sweep_presence() -> None:
    presence.sweep(now=clock.now())


@shared_task
def warn_of_silence() -> None:
    while silences.warn_of_silence(now=clock.now()) == silences.BATCH:
        pass
